import { constants, createDeflateRaw, deflateRawSync, inflateRawSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ImapError } from '../../../src/errors.ts';
import { type Attachable, DeflateTransport } from '../../../src/net/deflate.ts';
import type { SocketReceiver } from '../../../src/net/socket.ts';
import { FakeTransport } from '../session/fake-transport.ts';

class Below extends FakeTransport implements Attachable {
  receiver: SocketReceiver | undefined;
  attach(receiver: SocketReceiver): void {
    this.receiver = receiver;
  }
}

/** Whoever waits for what is inflated. */
class Sink {
  bytes: Buffer = Buffer.alloc(0);
  largest = 0;
  end: { cause: Error | undefined } | undefined;
  error: ImapError | undefined;
  taken: () => void = () => {};
  #wake: () => void = () => {};

  receive(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    this.largest = Math.max(this.largest, chunk.length);
    this.taken();
    this.#wake();
  }

  ended(cause?: Error): void {
    this.end = { cause };
    this.#wake();
  }

  fail(error: ImapError): void {
    this.error = error;
    this.#wake();
  }

  async until(done: () => boolean): Promise<void> {
    while (!done()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

const closing: DeflateTransport[] = [];
afterEach(() => {
  for (const transport of closing.splice(0)) transport.close();
});

function make(leftover: Buffer = Buffer.alloc(0)) {
  const below = new Below();
  const sink = new Sink();
  const transport = new DeflateTransport(below, sink, leftover);
  closing.push(transport);
  return { below, sink, transport, receiver: below.receiver as SocketReceiver }; // attached by the constructor
}

/** What a server sends for these texts, flushing after each. */
async function deflated(...texts: (string | Buffer)[]): Promise<Buffer[]> {
  const deflate = createDeflateRaw();
  const all: Buffer[] = [];
  for (const text of texts) {
    const chunks: Buffer[] = [];
    deflate.on('data', (chunk: Buffer) => chunks.push(chunk));
    await new Promise<void>((resolve) => deflate.write(text, () => deflate.flush(constants.Z_SYNC_FLUSH, resolve)));
    deflate.removeAllListeners('data');
    all.push(Buffer.concat(chunks));
  }
  deflate.close();
  return all;
}

describe('what is received', () => {
  it('is inflated as far as its sender has flushed it', async () => {
    const { sink, transport, receiver } = make();
    transport.resume();
    const [first, second] = await deflated('* OK one\r\n', '* OK two\r\n');
    receiver.receive(first as Buffer);
    await sink.until(() => sink.bytes.length === 10);
    receiver.receive(second as Buffer);
    await sink.until(() => sink.bytes.length === 20);
    expect(sink.bytes.toString()).toBe('* OK one\r\n* OK two\r\n');
  });

  it('is inflated from the bytes behind the answer on, and byte by byte too', async () => {
    const [all] = await deflated('* OK one, and another one\r\n');
    const bytes = all as Buffer;
    const { sink, transport, receiver } = make(bytes.subarray(0, 3));
    transport.resume();
    // Memory that is used again.
    const shared = Buffer.alloc(1);
    for (const byte of bytes.subarray(3)) {
      shared[0] = byte;
      receiver.receive(shared, true);
    }
    await sink.until(() => sink.bytes.length === 27);
    expect(sink.bytes.toString()).toBe('* OK one, and another one\r\n');
  });

  it('is inflated in few steps though it comes byte by byte', async () => {
    const text = Buffer.from(Array.from({ length: 40_000 }, (_, at) => (at * at * 2654435761) >>> 13));
    const bytes = Buffer.concat(await deflated(text));
    const write = vi.spyOn(WritableStreamDefaultWriter.prototype, 'write');
    try {
      const { sink, transport, receiver } = make();
      transport.resume();
      for (const byte of bytes) receiver.receive(Buffer.of(byte));
      await sink.until(() => sink.bytes.length === text.length);
      expect(sink.bytes.equals(text)).toBe(true);
      const steps = write.mock.calls.map(([step]) => (step as Buffer).length);
      expect(steps.length).toBeLessThanOrEqual(2 + bytes.length / 32_768);
      expect(Math.max(...steps)).toBeLessThanOrEqual(32_768);
    } finally {
      write.mockRestore();
    }
  });

  it('waits while the receiver is paused, and comes in pieces', async () => {
    const [bomb] = await deflated(Buffer.alloc(50 << 20));
    const { below, sink, transport, receiver } = make();
    sink.taken = () => transport.pause();
    transport.resume();
    receiver.receive(bomb as Buffer);
    await sink.until(() => sink.bytes.length > 0);
    expect(below.paused).toBe(true);
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    // 50 MiB from 50 KiB: only the first piece was handed on.
    expect(sink.bytes.length).toBe(sink.largest);
    expect(sink.largest).toBeLessThanOrEqual(65_536);
    const before = sink.bytes.length;
    transport.resume();
    await sink.until(() => sink.bytes.length > before);
    expect(sink.bytes.length).toBeLessThanOrEqual(2 * 65_536);
  });

  it('waits for who wants it, and so does the socket', async () => {
    const [bytes] = await deflated('* OK early\r\n');
    const { below, sink, transport } = make(bytes);
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([below.paused, sink.bytes.length]).toEqual([true, 0]);
    transport.resume();
    expect(below.paused).toBe(false);
    await sink.until(() => sink.bytes.length > 0);
    transport.pause();
    expect(below.paused).toBe(true);
  });

  it('stops the socket while much is to be inflated, and goes on after it', async () => {
    const random = Buffer.alloc(1 << 20);
    for (let at = 0; at < random.length; at++) random[at] = (at * at * 2654435761) >>> 13;
    const [bytes] = await deflated(random);
    const { below, sink, transport, receiver } = make();
    transport.resume();
    receiver.receive(bytes as Buffer);
    expect(below.paused).toBe(true);
    const taken: number[] = [];
    const resumed = vi.spyOn(below, 'resume').mockImplementation(() => {
      taken.push(sink.bytes.length);
      below.paused = false;
    });
    await sink.until(() => sink.bytes.length === random.length);
    expect(below.paused).toBe(false);
    expect(resumed).toHaveBeenCalledOnce();
    expect(taken[0]).toBeGreaterThan(random.length / 4);
    expect(sink.bytes.equals(random)).toBe(true);
  });

  it('is handed on before the end is told, though nothing ends the deflate stream', async () => {
    const { sink, transport, receiver } = make();
    const text = `* BYE ${'so long '.repeat(100_000)}\r\n`;
    const [bytes] = await deflated(text);
    const cause = new Error('reset');
    receiver.receive(bytes as Buffer);
    receiver.ended(cause);
    receiver.ended();
    expect(sink.end).toBeUndefined();
    transport.resume();
    await sink.until(() => sink.end !== undefined);
    expect(sink.bytes.toString()).toBe(text);
    expect(sink.end).toEqual({ cause });
    expect(sink.error).toBeUndefined();
  });

  it('may be ended by the server', async () => {
    const { sink, transport, receiver } = make();
    transport.resume();
    receiver.receive(deflateRawSync('* BYE\r\n'));
    await sink.until(() => sink.bytes.length === 7);
    receiver.ended();
    await sink.until(() => sink.end !== undefined);
    expect(sink.error).toBeUndefined();
  });

  it('tells the end of the transport below, or an error, though its own came before with more behind it', async () => {
    const { sink, transport, receiver } = make();
    transport.resume();
    receiver.receive(deflateRawSync('* BYE\r\n'));
    await sink.until(() => sink.bytes.length === 7);
    receiver.receive(Buffer.from([0]));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    receiver.ended();
    await sink.until(() => sink.end !== undefined || sink.error !== undefined);
    expect(sink.bytes.toString()).toBe('* BYE\r\n');
  });

  it('ends where it is cut off in the middle', async () => {
    const { sink, transport, receiver } = make();
    transport.resume();
    const random = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * at * 7919) % 251));
    receiver.receive(((await deflated(random))[0] as Buffer).subarray(0, 1000));
    receiver.ended();
    await sink.until(() => sink.end !== undefined);
    expect(sink.error).toBeUndefined();
  });

  it('is never more than was said, wherever it is cut off', async () => {
    const numbers = [12, 47, 3, 81, 35, 60, 9, 22, 74, 18, 5, 66, 41, 28, 90, 7, 53, 14, 39, 61];
    const text = numbers.map((number) => `* ${number} EXPUNGE\r\n`).join('');
    const [greeting, said] = (await deflated('* 200 EXISTS\r\nA1 OK done\r\n', text)) as [Buffer, Buffer]; // one each
    for (let cut = 0; cut <= said.length; cut++) {
      const all = Buffer.concat([greeting, said.subarray(0, cut)]);
      const told = inflateRawSync(all, { finishFlush: constants.Z_SYNC_FLUSH });
      const { sink, transport, receiver } = make();
      transport.resume();
      receiver.receive(all);
      await sink.until(() => sink.bytes.length === told.length);
      // What waits for nothing from outside has happened then.
      await new Promise((resolve) => setImmediate(resolve));
      receiver.ended();
      await sink.until(() => sink.end !== undefined);
      expect(sink.bytes.toString(), `cut after ${cut} bytes`).toBe(told.toString());
      expect(`* 200 EXISTS\r\nA1 OK done\r\n${text}`.startsWith(told.toString())).toBe(true);
      expect(sink.error).toBeUndefined();
    }
  });

  it('is all handed on where it is cut off while the receiver is paused again and again', async () => {
    const text = Array.from({ length: 50_000 }, (_, at) => `* ${(at * 7919) % 251} EXPUNGE\r\n`).join('');
    const [bytes] = await deflated(text);
    const half = (bytes as Buffer).subarray(0, (bytes as Buffer).length >> 1); // one text, one piece
    const { sink, transport, receiver } = make();
    sink.taken = () => {
      transport.pause();
      setImmediate(() => setImmediate(() => transport.resume()));
    };
    receiver.receive(half);
    receiver.ended();
    transport.resume();
    await sink.until(() => sink.end !== undefined);
    expect(sink.bytes.equals(inflateRawSync(half, { finishFlush: constants.Z_SYNC_FLUSH }))).toBe(true);
  });

  it('is handed on to nobody who is paused, though it is cut off meanwhile', async () => {
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };
    const text = Array.from({ length: 50_000 }, (_, at) => `* ${(at * 7919) % 251} EXPUNGE\r\n`).join('');
    const [bytes] = await deflated(text);
    const half = (bytes as Buffer).subarray(0, (bytes as Buffer).length >> 1); // one text, one piece
    const { sink, transport, receiver } = make();
    sink.taken = () => transport.pause();
    transport.resume();
    await turns();
    transport.pause();
    receiver.receive(half);
    await turns();
    receiver.ended();
    await turns();
    expect([sink.bytes.length, sink.end]).toEqual([0, undefined]);
    transport.resume();
    await sink.until(() => sink.bytes.length > 0);
    await turns();
    expect([sink.bytes.length, sink.end]).toEqual([sink.largest, undefined]);
    sink.taken = () => {};
    transport.resume();
    await sink.until(() => sink.end !== undefined);
    expect(sink.bytes.equals(inflateRawSync(half, { finishFlush: constants.Z_SYNC_FLUSH }))).toBe(true);
  });

  it('ends the connection where it can not be inflated', async () => {
    const { sink, transport, receiver } = make();
    transport.resume();
    receiver.receive(Buffer.from('A2 OK not deflated at all\r\n'));
    await sink.until(() => sink.error !== undefined);
    expect(sink.error).toMatchObject({ name: 'ProtocolError', code: 'COMPRESSION' });
    // Node 24 gives zlib's words as the cause of an error without any.
    expect(sink.error?.message).toMatch(/inflated: \w/);
    expect(sink.end).toBeUndefined();
  });

  it('concerns nobody once this side has closed', async () => {
    const { below, sink, transport, receiver } = make();
    transport.close();
    expect(below.closed).toBe(true);
    receiver.receive((await deflated('* OK late\r\n'))[0] as Buffer);
    receiver.ended();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(sink).toMatchObject({ end: undefined, error: undefined });
    expect(sink.bytes.length).toBe(0);
  });

  it.each(['while more is wanted', 'while no more is wanted'])('is given up %s', async (when) => {
    const [bomb] = await deflated(Buffer.alloc(1 << 20));
    const { below, sink, transport, receiver } = make();
    sink.taken = () => {
      if (when !== 'while more is wanted') transport.pause();
      transport.close();
      below.paused = false;
    };
    transport.resume();
    receiver.receive(bomb as Buffer);
    await sink.until(() => sink.bytes.length > 0);
    const { length } = sink.bytes;
    transport.pause();
    transport.resume();
    transport.pause();
    receiver.ended();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([sink.bytes.length, sink.end, sink.error, below.paused]).toEqual([length, undefined, undefined, false]);
  });
});

describe('what is sent', () => {
  it.each([1, 2, 65_535, 65_536, 200_000])('is deflated: %i bytes', (length) => {
    const { below, transport } = make();
    const bytes = Buffer.from(Array.from({ length }, (_, at) => at % 251));
    expect(transport.write(bytes)).toBe(true);
    const sent = Buffer.concat([Buffer.from(below.take(), 'latin1'), Buffer.from([3, 0])]);
    expect(inflateRawSync(sent).equals(bytes)).toBe(true);
    expect(sent.length - 2 - length).toBe(5 * Math.ceil(length / 65_535));
  });

  it('is latin1 where it is text, nothing where it is nothing, and waits as the transport below does', async () => {
    const { below, transport } = make();
    below.full = true;
    expect(transport.write('A1 NOOP \xff\r\n')).toBe(false);
    transport.write('');
    transport.write(new Uint8Array());
    const sent = Buffer.concat([Buffer.from(below.take(), 'latin1'), Buffer.from([3, 0])]);
    expect(inflateRawSync(sent).toString('latin1')).toBe('A1 NOOP \xff\r\n');
    let drained = false;
    const waiting = transport.drained().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    below.drain();
    await waiting;
  });
});
