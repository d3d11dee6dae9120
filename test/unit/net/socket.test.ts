import { existsSync, readFileSync } from 'node:fs';
import { createServer, Socket as NetSocket, type Socket as Peer, type Server } from 'node:net';
import { type Duplex, PassThrough, Writable } from 'node:stream';
import { type ConnectionOptions, createServer as createTlsServer } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTcp, openTls, Socket } from '../../../src/net/socket.ts';
import { Cancellation } from '../../../src/session/abort.ts';
import { AUTHORITY, OTHER_NAME } from '../../client/certificates.ts';
import { CERTIFICATE } from '../testing/certificate.ts';

let server: Server;
let peer: Promise<Peer>;
let socket: Socket;
/** What came, and whether it may be kept. */
const received: { bytes: Buffer; borrowed: boolean }[] = [];
let came = () => {};
const receiver = {
  streaming: true,
  receive(bytes: Buffer, borrowed = false) {
    received.push({ bytes, borrowed });
    came();
  },
  ended() {},
};

beforeEach(async () => {
  received.length = 0;
  receiver.streaming = true;
  server = createServer();
  peer = new Promise((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  socket = await openTcp({ host: '127.0.0.1', port: address.port }, false, new Cancellation());
  socket.attach(receiver);
});

afterEach(async () => {
  socket.close();
  (await peer).destroy();
  server.close();
});

/** Sends bytes and waits until they all came. */
async function sent(bytes: Buffer): Promise<Buffer> {
  const before = received.length;
  const all = () => Buffer.concat(received.slice(before).map((one) => Buffer.from(one.bytes)));
  const done = new Promise<void>((resolve) => {
    came = () => {
      if (received.slice(before).reduce((sum, one) => sum + one.bytes.length, 0) >= bytes.length) resolve();
    };
  });
  (await peer).write(bytes);
  await done;
  return all();
}

it('hands little on in memory that is used again, so that no kept byte holds a thousand others', async () => {
  await sent(Buffer.from('first'));
  const memory = new Set<ArrayBufferLike>();
  for (let n = 0; n < 5; n++) {
    expect((await sent(Buffer.from(`little ${n}`))).toString()).toBe(`little ${n}`);
    const { bytes, borrowed } = received.at(-1) ?? {};
    expect(borrowed).toBe(true);
    if (bytes !== undefined) memory.add(bytes.buffer);
  }
  expect(memory.size).toBe(1);
});

it('hands much on in memory of its own, which is kept as it is', async () => {
  await sent(Buffer.from('first'));
  const kept: { bytes: Buffer; copy: Buffer }[] = [];
  const big = Buffer.alloc(8 << 20);
  for (let at = 0; at < big.length; at += 4) big.writeUInt32LE(at, at);
  const before = received.length;
  expect((await sent(big)).length).toBe(big.length);
  for (const { bytes, borrowed } of received.slice(before))
    if (!borrowed) kept.push({ bytes, copy: Buffer.from(bytes) });
  expect(kept.length).toBeGreaterThan(0);
  await sent(Buffer.alloc(1 << 20));
  for (const { bytes, copy } of kept) {
    expect(bytes.equals(copy)).toBe(true);
    // At least half of the memory that it holds is its own.
    expect(bytes.length * 2).toBeGreaterThanOrEqual(bytes.buffer.byteLength);
  }
});

it('reads into memory that all share while nothing is kept', async () => {
  receiver.streaming = false;
  await sent(Buffer.from('first'));
  await sent(Buffer.from('second'));
  await sent(Buffer.from('third'));
  const [, second, third] = received;
  expect([second?.borrowed, third?.borrowed]).toEqual([true, true]);
  expect(second?.bytes.buffer).toBe(third?.bytes.buffer);
  // However much it is.
  await sent(Buffer.alloc(4 << 20));
  expect(received.every(({ borrowed }) => borrowed)).toBe(true);
});

describe('a socket that nobody listens to yet', () => {
  it('keeps what comes, in memory of its own, and its end, for who does', () => {
    const stream = new PassThrough();
    const early = new Socket(stream, true);
    const memory = Buffer.from('one');
    expect(early.takeRead(memory, true)).toBe(true);
    memory.fill('x');
    early.takeRead(Buffer.from('two'), false);
    const lost = new Error('lost');
    stream.emit('error', lost);
    stream.emit('close');
    const told: unknown[] = [];
    const tell = {
      streaming: false,
      receive: (bytes: Buffer) => told.push(String(bytes)),
      ended: (cause?: Error) => told.push(cause),
    };
    early.attach(tell);
    expect(told).toEqual(['one', 'two', lost]);
  });

  it('is at its end where the stream is', () => {
    const stream = new PassThrough();
    stream.destroy();
    const told: unknown[] = [];
    new Socket(stream).attach({ streaming: false, receive: () => {}, ended: (cause) => told.push(cause) });
    expect(told).toEqual([undefined]);
  });
});

it('is drained once the stream is, or has closed, and listens no longer', async () => {
  for (const end of ['drain', 'close']) {
    const stream = new Writable({ highWaterMark: 1, write: () => {} }) as unknown as Duplex; // only what writes is looked at
    const full = new Socket(Object.assign(stream, { resume: () => stream }), true);
    await full.drained();
    expect(full.write('more than one')).toBe(false);
    const listeners = () => [stream.listenerCount('drain'), stream.listenerCount('close')];
    const before = listeners();
    const drained = full.drained();
    stream.emit(end);
    await drained;
    expect(listeners()).toEqual(before);
  }
});

/** Knows how many wait for it. */
class Counted extends Cancellation {
  waiting = 0;

  override onAbort(callback: () => void): () => void {
    const release = super.onAbort(callback);
    this.waiting++;
    return () => {
      this.waiting--;
      release();
    };
  }
}

it('opens nothing for who has given up, and waits for that no longer than until it is open', async () => {
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const cancellation = new Counted();
  const open = () => openTcp({ host: '127.0.0.1', port }, true, cancellation);
  const opened = await open();
  opened.close();
  expect(cancellation.waiting).toBe(0);
  cancellation.abort(new Error('enough'));
  await expect(open()).rejects.toThrow('enough');
});

/** The system's table of connections: `02:` and the time until a keep-alive probe is sent, in hundredths of a second. */
const CONNECTIONS = '/proc/net/tcp';

/** In how many seconds a socket's other side is asked whether it is still there; undefined where it never is. */
function nextProbe({ stream }: Socket): number | undefined {
  const port = stream instanceof NetSocket ? (stream.localPort ?? 0) : 0;
  const own = new RegExp(`: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} (?:\\S+ ){3}02:(\\S+) `);
  const [, left] = own.exec(readFileSync(CONNECTIONS, 'latin1')) ?? [];
  return left === undefined ? undefined : Number.parseInt(left, 16) / 100;
}

it.skipIf(!existsSync(CONNECTIONS))('asks within a minute whether a silent server is still there', async () => {
  await expect.poll(() => nextProbe(socket)).toBeLessThanOrEqual(60);
  const secured = createTlsServer(CERTIFICATE);
  await new Promise<void>((resolve) => secured.listen(0, '127.0.0.1', resolve));
  const address = secured.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const cancellation = new Cancellation();
  const secure = await openTls({ host: '127.0.0.1', port }, { ca: CERTIFICATE.cert }, cancellation, () => {});
  await expect.poll(() => nextProbe(secure)).toBeLessThanOrEqual(60);
  secure.close();
  secured.close();
});

it.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'does not resume what it did not verify, and so would never (%s)',
  async (version) => {
    const tls = { ...OTHER_NAME, minVersion: version, maxVersion: version };
    const other = createTlsServer(tls, (stream) => stream.on('error', () => {}).pipe(stream));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = address === null || typeof address === 'string' ? 0 : address.port;
    const open = (options: ConnectionOptions) =>
      openTls({ host: '127.0.0.1', port, resumption }, options, new Cancellation(), () => {});
    const resumption = {};
    try {
      const unverified = await open({ ca: AUTHORITY, rejectUnauthorized: false });
      // A ticket comes before the answer.
      unverified.write('ready?');
      await new Promise<void>((resolve) =>
        unverified.attach({ streaming: false, receive: () => resolve(), ended: () => resolve() }),
      );
      unverified.close();
      await expect(open({ ca: AUTHORITY })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    } finally {
      other.close();
    }
  },
);
