/** A server whose every byte a scenario writes itself: plain, TLS, or plain and then TLS. */
import { createServer, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import type { ConnectOptions } from '../../src/index.ts';
import { AUTHORITY, GOOD } from './certificates.ts';

/** The server's side of one connection. */
export class Peer {
  socket: Socket;
  /** Every byte the client sent, latin1; after startTls() what came through it. */
  received = '';
  closed = false;
  #read = 0;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    this.#listen(socket);
  }

  /** Raw bytes, latin1. */
  send(bytes: string | Uint8Array): void {
    if (this.socket.writable) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  lines(...lines: string[]): void {
    this.send(lines.map((line) => `${line}\r\n`).join(''));
  }

  /** The client's next line, without CRLF; undefined once it has gone. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.received.indexOf('\r\n', this.#read);
      if (end >= 0) {
        const line = this.received.substring(this.#read, end);
        this.#read = end + 2;
        return line;
      }
      if (this.closed) return undefined;
      await this.#change();
    }
  }

  /** As many bytes of the client's. */
  async bytes(count: number): Promise<string> {
    while (this.received.length < this.#read + count && !this.closed) await this.#change();
    this.#read += count;
    return this.received.substring(this.#read - count, this.#read);
  }

  /** The next command's tag; the command must begin so. */
  async expect(start: string): Promise<string> {
    const line = (await this.line()) ?? '';
    const [, tag = '', text = ''] = /^(\S+) (.*)$/s.exec(line) ?? [];
    if (!text.startsWith(start)) throw new Error(`${JSON.stringify(line)} where ${start} was expected`);
    return tag;
  }

  /** Answers the next command, which must begin so, with these untagged responses and OK. */
  async ok(start: string, ...untagged: string[]): Promise<void> {
    const tag = await this.expect(start);
    this.lines(...untagged, `${tag} OK done`);
  }

  /** Answers every command with OK until the client has gone. */
  async agree(): Promise<void> {
    for (let line = await this.line(); line !== undefined; line = await this.line()) {
      const [tag = '', name = ''] = line.split(' ');
      if (name === 'LOGOUT') this.lines('* BYE bye');
      if (/^A\d+$/.test(tag)) this.lines(`${tag} OK done`);
    }
  }

  /** Sends this again and again, as fast as the client takes it, until it has gone or so many bytes were sent. */
  async flood(bytes: string, most: number): Promise<void> {
    const block = Buffer.from(bytes.repeat(Math.max(1, Math.ceil(65_536 / bytes.length))), 'latin1');
    for (let sent = 0; sent < most && this.socket.writable; sent += block.length) {
      if (!this.socket.write(block)) await this.#drained();
    }
  }

  /** Sends this byte by byte, one each so many ms, until the client has gone. */
  async drip(bytes: string, milliseconds: number): Promise<void> {
    for (let at = 0; this.socket.writable; at++) {
      this.send(bytes.charAt(at % bytes.length));
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
    }
  }

  /** TLS from here on, as after the OK of STARTTLS. */
  async startTls(options: TlsOptions = GOOD): Promise<void> {
    const plain = this.socket;
    plain.removeAllListeners('data');
    const secure = new TLSSocket(plain, { isServer: true, secureContext: createSecureContext(options) });
    this.socket = secure;
    this.received = '';
    this.#read = 0;
    this.#listen(secure);
    await new Promise((resolve) => {
      secure.once('secure', resolve);
      secure.once('close', resolve);
    });
  }

  /** FIN. */
  close(): void {
    this.socket.end();
  }

  /** RST; TLS ends without its close_notify. */
  reset(): void {
    // node resets only sockets that are TCP's own.
    if (this.socket instanceof TLSSocket) this.socket.destroy();
    else this.socket.resetAndDestroy();
  }

  /** Until the client has gone. */
  async gone(): Promise<void> {
    while (!this.closed) await this.#change();
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
      this.#wake();
    });
    socket.on('error', () => {});
    const gone = () => {
      this.closed = true;
      this.#wake();
    };
    socket.on('close', gone);
    socket.on('end', gone);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.socket.off('drain', done);
        this.socket.off('close', done);
        resolve();
      };
      this.socket.on('drain', done);
      this.socket.on('close', done);
    });
  }
}

export type Play = (peer: Peer, connection: number) => unknown;

export interface Stage extends AsyncDisposable {
  readonly port: number;
  /** How to connect to it: TLS where the stage has it, its authority known. */
  readonly options: ConnectOptions;
  readonly peers: Peer[];
  /** What a script threw. */
  readonly faults: unknown[];
}

/** Plays the script for each connection to a loopback port; with `tls`, TLS from the first byte. */
export async function stage(play: Play, tls?: TlsOptions): Promise<Stage> {
  const peers: Peer[] = [];
  const faults: unknown[] = [];
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    void (async () => play(peer, peers.length))().catch((error) => {
      faults.push(error);
      socket.destroy();
    });
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    options: {
      host: '127.0.0.1',
      port,
      security: tls === undefined ? 'none' : 'tls',
      tls: { ca: AUTHORITY },
      clientId: false,
    },
    peers,
    faults,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
