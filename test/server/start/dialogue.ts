/**
 * IMAP by hand, line by line: for the set-up itself, which must not lean on the client it is there to test.
 * Knows no literals; the set-up asks for nothing that comes in one.
 */
import { connect, type Socket } from 'node:net';
import { connect as secure } from 'node:tls';

const PATIENCE_MS = 30_000;

export interface Answer {
  readonly tagged: string;
  readonly untagged: string[];
}

export class Dialogue {
  greeting = '';
  private socket: Socket;
  private pending = '';
  private lines: string[] = [];
  private failure: Error | undefined;
  private wake: () => void = () => {};
  private count = 0;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.listen();
  }

  /** Connects and waits for the greeting; with `ca`, over TLS, and the certificate must be of that authority. */
  static async open(host: string, port: number, ca?: string): Promise<Dialogue> {
    const dialogue = new Dialogue(
      ca === undefined ? connect({ host, port }) : secure({ host, port, ca, servername: 'localhost' }),
    );
    dialogue.greeting = await dialogue.line();
    return dialogue;
  }

  async startTls(ca: string): Promise<void> {
    await this.ok('STARTTLS');
    const plain = this.socket.removeAllListeners();
    this.socket = secure({ socket: plain, ca, servername: 'localhost' });
    this.listen();
    await this.ok('NOOP');
  }

  login({ user, pass }: { user: string; pass: string }): Promise<Answer> {
    return this.ok(`LOGIN ${quoted(user)} ${quoted(pass)}`);
  }

  /** Sends a command and waits for its tagged answer, whatever that is. */
  async command(text: string): Promise<Answer> {
    const tag = `t${++this.count}`;
    this.socket.write(`${tag} ${text}\r\n`);
    const untagged: string[] = [];
    for (;;) {
      const line = await this.line();
      if (line.startsWith(`${tag} `)) return { tagged: line.slice(tag.length + 1), untagged };
      untagged.push(line);
    }
  }

  /** The same, and anything but OK is an error. */
  async ok(text: string): Promise<Answer> {
    const answer = await this.command(text);
    if (!/^OK\b/i.test(answer.tagged)) throw new Error(`${text.split(' ')[0]}: ${answer.tagged}`);
    return answer;
  }

  close(): void {
    this.socket.destroy();
  }

  private listen(): void {
    const fail = (error: Error) => {
      this.failure ??= error;
      this.wake();
    };
    this.socket.on('timeout', () => fail(new Error('the server is silent')));
    this.socket.on('error', fail);
    this.socket.on('close', () => fail(new Error('the server closed the connection')));
    this.socket.on('data', (chunk) => {
      const lines = (this.pending + chunk.toString('latin1')).split('\r\n');
      this.pending = lines.pop() ?? '';
      this.lines.push(...lines);
      this.wake();
    });
  }

  private async line(): Promise<string> {
    for (;;) {
      const line = this.lines.shift();
      if (line !== undefined) return line;
      if (this.failure) {
        this.socket.destroy();
        throw this.failure;
      }
      this.socket.setTimeout(PATIENCE_MS);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
      this.socket.setTimeout(0);
    }
  }
}

export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
