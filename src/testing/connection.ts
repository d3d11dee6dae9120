import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type LiteralPolicy, readCommand } from './command-input.ts';
import type { ServerContext } from './context.ts';
import { Inflater, stored } from './deflate.ts';
import { Input, InputEnded, LineTooLong } from './input.ts';
import { Output } from './output.ts';
import { Pacer } from './pacer.ts';
import { Session } from './session.ts';

const MAX_LINE = 1024 * 1024;
const HIGH_WATER = 256 * 1024;

/** One client: its socket, before and after STARTTLS, and the loop that reads commands and runs them in order. */
export class Connection {
  readonly output: Output;
  readonly input: Input;
  readonly session: Session;
  #socket: Socket;
  #finished = false;
  #inflater: Inflater | undefined;
  #inflating = false;
  /** Inflated bytes wait to be taken. */
  #resumeInflating: (() => void) | undefined;

  constructor(
    private readonly context: ServerContext,
    socket: Socket,
    readonly id: number,
    public secure: boolean,
  ) {
    this.#socket = socket;
    this.output = new Output(socket, context.log && ((text) => this.#log('out', text)));
    this.input = new Input({ maxLine: MAX_LINE, highWater: HIGH_WATER, onWait: () => this.#waiting() });
    this.session = new Session(context, this);
    socket.setNoDelay(true);
    this.#listen(socket);
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      if (this.#finished) return;
      if (this.#inflater) return void this.#inflate(this.#inflater, socket, chunk);
      this.input.push(chunk);
      if (this.input.full) socket.pause();
    });
    socket.on('end', () => void (this.#inflater ? this.#inflater.end() : this.input.end()));
    // An error is followed by close, which is all that there is to know.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.input.end();
      this.session.deselect();
    });
  }

  #waiting(): void {
    this.output.flush();
    this.#resumeInflating?.();
    if (this.#socket.isPaused() && !this.#inflating) this.#socket.resume();
  }

  async run(): Promise<void> {
    const { session, input } = this;
    const policy: LiteralPolicy = {
      check: (command, literal) => session.checkLiteral(command, literal),
      invite: () => this.output.write('+ OK\r\n'),
      log: (text) => this.#log('in', text),
    };
    const pacer = new Pacer();
    session.greet();
    try {
      while (!this.#finished) {
        const { command, refusal } = await readCommand(input, policy);
        await session.execute(command, refusal);
        await this.output.drained();
        if (pacer.due) await pacer.turn();
      }
    } catch (error) {
      if (error instanceof LineTooLong) session.bye('Line too long', 'TOOBIG');
      else if (!(error instanceof InputEnded)) session.bye('Internal error', 'SERVERBUG');
    } finally {
      session.end();
    }
  }

  /** Asks for a line and reads it: the exchanges of IDLE and AUTHENTICATE. */
  async ask(prompt: string): Promise<string> {
    this.output.write(`+ ${prompt}\r\n`);
    const line = (await this.input.line()).toString('latin1');
    this.#log('in', line);
    return line;
  }

  /** The server's side of a handshake; what came in plain text behind STARTTLS is forgotten. */
  startTls(): void {
    const { secureContext } = this.context;
    if (!secureContext) return;
    const plain = this.#socket;
    this.output.flush();
    this.input.discard();
    plain.removeAllListeners('data');
    plain.removeAllListeners('end');
    plain.pause();
    const secured = new TLSSocket(plain, { isServer: true, secureContext });
    this.#socket = secured;
    this.secure = true;
    this.output.moveTo(secured);
    this.#listen(secured);
  }

  get compressed(): boolean {
    return this.#inflater !== undefined;
  }

  /** What came behind COMPRESS is compressed already (RFC 4978 §3). */
  compress(): void {
    this.output.encodeWith(stored);
    const inflater = new Inflater({
      push: (bytes) => this.input.push(bytes),
      ready: () => this.#readyForMore(),
      end: () => this.input.end(),
    });
    this.#inflater = inflater;
    void this.#inflate(inflater, this.#socket, this.input.takeAll());
  }

  async #inflate(inflater: Inflater, socket: Socket, chunk: Buffer): Promise<void> {
    this.#inflating = true;
    socket.pause();
    await inflater.write(chunk);
    this.#inflating = false;
    socket.resume();
  }

  #readyForMore(): Promise<void> | undefined {
    if (!this.input.full || this.#finished) return undefined;
    return new Promise((resolve) => {
      this.#resumeInflating = resolve;
    });
  }

  /** Ends the connection when what was written is out. */
  finish(): void {
    this.#finished = true;
    this.output.flush();
    this.#socket.end();
    this.input.end();
  }

  destroy(): void {
    this.#finished = true;
    this.#socket.destroy();
  }

  #log(direction: 'in' | 'out', text: string): void {
    const { log } = this.context;
    if (!log) return;
    const lines = direction === 'in' ? [text] : text.replace(/\r\n$/, '').split('\r\n');
    for (const line of lines) log({ connection: this.id, direction, text: line });
  }
}
