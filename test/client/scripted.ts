/** A server that plays whatever part a test gives it: a function for each connection. */
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { expect } from 'vitest';
import { type ConnectOptions, connect } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';

export const CREDENTIALS = { user: 'joe', pass: 'secret word' };
export const GREETING = '* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5] ready';

export class Peer {
  readonly socket: Socket;
  readonly received: string[] = [];
  #pending = '';
  #lines: string[] = [];
  #waiting: (() => void)[] = [];
  closed = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#take(chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      this.#wake();
    });
  }

  #take(text: string): void {
    const lines = (this.#pending + text).split('\r\n');
    this.#pending = lines.pop() ?? '';
    this.#lines.push(...lines);
    this.received.push(...lines);
    this.#wake();
  }

  /** The next line, without its CRLF; undefined once the client has gone. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const line = this.#lines.shift();
      if (line !== undefined || this.closed) return line;
      await this.#change();
    }
  }

  /** The next command: its tag, and what follows it. */
  async command(): Promise<{ tag: string; text: string }> {
    const [, tag = '', text = ''] = /^(\S+) (.*)$/.exec((await this.line()) ?? '') ?? [];
    return { tag, text };
  }

  /** Answers the next command, which must begin so. */
  async expect(start: string, ...untagged: string[]): Promise<string> {
    const { tag, text } = await this.command();
    if (!text.startsWith(start)) throw new Error(`${JSON.stringify(text)} where ${start} was expected`);
    this.send(...untagged, `${tag} OK done`);
    return text;
  }

  send(...lines: string[]): void {
    if (!this.socket.destroyed) this.socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
  }

  /** Until the client has closed the connection. */
  async gone(): Promise<void> {
    while (!this.closed) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

export interface Scripted extends AsyncDisposable {
  readonly port: number;
  readonly options: ConnectOptions;
  readonly peers: Peer[];
  /** The connections that are open. */
  readonly open: number;
}

/** Plays on a loopback port; with `tls`, TLS from the first byte. What the script throws ends the connection. */
export async function scripted(play: (peer: Peer) => unknown, tls?: TlsOptions): Promise<Scripted> {
  const peers: Peer[] = [];
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    const peer = new Peer(socket);
    peers.push(peer);
    void (async () => play(peer))().catch((error: Error) => socket.destroy(error));
  };
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    options: { host: '127.0.0.1', port, security: tls === undefined ? 'none' : 'tls', clientId: false },
    peers,
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs `work`, and finds every connection closed after it. */
export async function leavesNothing(server: Scripted, work: () => Promise<unknown>): Promise<void> {
  await work();
  await Promise.all(server.peers.map((peer) => peer.gone()));
  await expect.poll(() => server.open).toBe(0);
}

/** What connecting to such a server rejects with; nothing is left open by it. */
export async function failing(
  play: (peer: Peer) => unknown,
  more: Partial<ConnectOptions> = {},
): Promise<Error & Record<string, unknown>> {
  await using server = await scripted(play);
  let error: (Error & Record<string, unknown>) | undefined;
  await leavesNothing(server, async () => {
    error = await rejection(connect({ ...server.options, ...more }));
  });
  if (error === undefined) throw new Error('no error');
  expect(JSON.stringify(error) + error.stack).not.toContain(CREDENTIALS.pass);
  return error;
}
