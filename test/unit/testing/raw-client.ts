import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';

/** A client that knows nothing: it sends lines and collects responses. Strings have one character a byte. */
export class RawClient {
  #chunks: string[] = [];
  #size = 0;
  #needed = 0;
  #responses: string[] = [];
  #waiting: (() => void) | undefined;
  #lastTag = 0;
  closed = false;

  private constructor(private socket: Socket) {
    this.#listen(socket);
  }

  static connect(port: number, options: { tls?: boolean } = {}): RawClient {
    const socket = options.tls
      ? tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false })
      : connect({ port, host: '127.0.0.1' });
    socket.setNoDelay(true);
    return new RawClient(socket);
  }

  /** Connected, greeted and logged in. */
  static async login(port: number, user = 'user', password = 'pass'): Promise<RawClient> {
    const client = RawClient.connect(port);
    await client.response();
    await client.ok(`LOGIN ${user} ${password}`);
    return client;
  }

  #listen(socket: Socket): void {
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk.toString('latin1'));
      this.#size += chunk.length;
      if (this.#size >= this.#needed) this.#split();
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  /** Cuts what has come into responses. */
  #split(): void {
    const text = this.#chunks.join('');
    let start = 0;
    this.#needed = 0;
    for (;;) {
      const end = this.#endOfResponse(text, start);
      if (end < 0) break;
      this.#responses.push(text.slice(start, end));
      start = end + 2;
    }
    this.#chunks = [text.slice(start)];
    this.#size = text.length - start;
    this.#needed -= start;
  }

  /** -1 where it is not all there; `#needed` then says how much of the text it takes at least. */
  #endOfResponse(text: string, start: number): number {
    let end = text.indexOf('\r\n', start);
    while (end >= 0) {
      const literal = /\{(\d+)\}$/.exec(text.slice(Math.max(start, end - 20), end));
      if (!literal) return end;
      const after = end + 2 + Number(literal[1]);
      this.#needed = after;
      end = text.length < after ? -1 : text.indexOf('\r\n', after);
    }
    return -1;
  }

  #wake(): void {
    this.#waiting?.();
    this.#waiting = undefined;
  }

  /** The next response, literals included, without its last CRLF; 'closed' at the end of the connection. */
  async response(): Promise<string> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) return response;
      if (this.closed) return 'closed';
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /** What has come and was not read. */
  get unread(): string[] {
    return this.#responses;
  }

  send(text: string): void {
    this.socket.write(Buffer.from(text, 'latin1'));
  }

  /** Sends a command; resolves with its responses, the tagged one last and without its tag. */
  async command(text: string): Promise<string[]> {
    const tag = `A${++this.#lastTag}`;
    this.send(`${tag} ${text}\r\n`);
    return this.until(tag);
  }

  async until(tag: string): Promise<string[]> {
    const responses: string[] = [];
    for (;;) {
      const response = await this.response();
      if (response === 'closed') return [...responses, response];
      if (response.startsWith(`${tag} `)) return [...responses, response.slice(tag.length + 1)];
      responses.push(response);
    }
  }

  /** A command that must succeed; its untagged responses without `* `. */
  async ok(text: string): Promise<string[]> {
    const responses = await this.command(text);
    const tagged = responses.pop();
    if (!tagged?.startsWith('OK')) throw new Error(`${text}: ${tagged}`);
    return responses.map((response) => response.replace(/^\* /, ''));
  }

  /** Only the tagged answer of a command. */
  async tagged(text: string): Promise<string> {
    return (await this.command(text)).at(-1) ?? '';
  }

  /** The client's side of STARTTLS. */
  async secure(): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    const secured = tlsConnect({ socket: plain, rejectUnauthorized: false });
    await new Promise<void>((resolve, reject) => {
      secured.once('secureConnect', resolve);
      secured.once('error', reject);
    });
    this.socket = secured;
    this.#listen(secured);
  }

  /** Stops reading from the socket. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }
}
