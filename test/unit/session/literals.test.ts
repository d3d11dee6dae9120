import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AppendMessage, append as appendWith } from '../../../src/commands/append.ts';
import { login } from '../../../src/commands/login.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { command, Dialogue, turn } from './dialogue.ts';

const MEGABYTE = 1 << 20;

const append = (mailbox: string, message: AppendMessage) => appendWith(mailbox, message, Capabilities.none);

/** A stream in the test's hand. */
class Source implements AsyncIterable<Uint8Array> {
  /** How often the next chunk was asked for. */
  asked = 0;
  /** The reader left before the end. */
  left = false;
  #next: { resolve(result: IteratorResult<Uint8Array>): void; reject(error: unknown): void } | undefined;

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return {
      next: () => {
        this.asked++;
        return new Promise((resolve, reject) => {
          this.#next = { resolve, reject };
        });
      },
      return: () => {
        this.left = true;
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  give(text: string): Promise<void> {
    return this.giveChunk(Buffer.from(text));
  }

  giveChunk(value: Uint8Array): Promise<void> {
    this.#next?.resolve({ value, done: false });
    return turn();
  }

  end(): Promise<void> {
    this.#next?.resolve({ value: undefined, done: true });
    return turn();
  }

  fail(error: Error): Promise<void> {
    this.#next?.reject(error);
    return turn();
  }
}

afterEach(() => {
  vi.useRealTimers();
});

describe('a synchronizing literal', () => {
  it('waits for its own continuation', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(append('a', { content: 'hello\r\n' }));
    expect(await dialogue.turn()).toBe('A1 APPEND "a" {7}\r\n');
    dialogue.lines('* OK [PARSE] not yet', '* 5 EXISTS');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('+ go on');
    expect(dialogue.transport.take()).toBe('hello\r\n\r\n');
    dialogue.lines('A1 OK [APPENDUID 3 4] done');
    expect(await running.promise).toEqual({ uid: 4, uidValidity: 3 });
  });

  it.each(['+', '+ ', '+OK', '+ [CAPABILITY X] text'])('goes on after %j', async (line) => {
    const dialogue = Dialogue.ready();
    dialogue.run(append('a', { content: 'hello' }));
    await dialogue.turn();
    dialogue.lines(line);
    expect(dialogue.transport.take()).toBe('hello\r\n');
  });

  it('of several waits each for its own', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(login('bjørn', 'blåbær'));
    expect(await dialogue.turn()).toBe('A1 LOGIN {6}\r\n');
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe('bj\xc3\xb8rn {8}\r\n');
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe('bl\xc3\xa5b\xc3\xa6r\r\n');
    dialogue.lines('A1 OK');
    await running.promise;
  });

  it('holds back everything behind it', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(append('a', { content: 'hello' }));
    dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe('A1 APPEND "a" {5}\r\n');
    dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe('hello\r\nA2 NOOP\r\nA3 NOOP\r\n');
  });

  it('goes in one write with the commands before it', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(command('NOOP'));
    dialogue.run(append('a', { content: 'hello' }));
    await turn();
    expect(dialogue.transport.writes).toEqual(['A1 NOOP\r\nA2 APPEND "a" {5}\r\n']);
  });

  it.each(['NO [TRYCREATE] no such mailbox', 'BAD syntax'])('is taken back by %s in its place', async (answer) => {
    const dialogue = Dialogue.ready();
    const refused = dialogue.run(append('a', { content: 'hello' }));
    const next = dialogue.run(append('b', { content: 'world' }));
    await dialogue.turn();
    dialogue.lines(`A1 ${answer}`);
    expect(await dialogue.turn()).toBe('A2 APPEND "b" {5}\r\n');
    expect(refused.error).toMatchObject({ name: 'CommandError', status: answer.split(' ')[0], command: 'APPEND' });
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe('world\r\n');
    dialogue.lines('A2 OK');
    await next.promise;
  });

  it('that was taken back is not sent for a continuation that comes late', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(append('a', { content: 'hello' })).promise.catch(() => {});
    await dialogue.turn();
    dialogue.lines('A1 NO', '+ go on');
    expect(await dialogue.turn()).toBe('');
    expect(dialogue.logged('note')).toEqual(['A continuation request that no command waits for was ignored']);
  });

  it.each(['before it', 'in the middle of it'])('answered with OK %s is no IMAP', async (where) => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(append('a', { content: { size: 5, stream: new Source() } }));
    const other = dialogue.run(command('NOOP'));
    await dialogue.turn();
    if (where !== 'before it') dialogue.lines('+');
    dialogue.lines('A1 OK thank you');
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'ProtocolError', code: 'EARLY_ANSWER' });
    expect(other.error).toMatchObject({ name: 'ProtocolError', code: 'EARLY_ANSWER' });
    expect(dialogue.transport.closed).toBe(true);
  });
});

describe('a continuation that nobody asked for', () => {
  it('has nothing sent', async () => {
    const dialogue = Dialogue.ready();
    dialogue.lines('+ please', '+');
    const running = dialogue.run(login('user', 'pass'));
    expect(await dialogue.turn()).toBe('A1 LOGIN "user" "pass"\r\n');
    dialogue.lines('+ password?', '+', '+ cGFzcw==');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A1 OK');
    await running.promise;
  });

  it('counts for no later literal', async () => {
    const dialogue = Dialogue.ready();
    dialogue.lines('+');
    dialogue.run(append('a', { content: 'hello' }));
    expect(await dialogue.turn()).toBe('A1 APPEND "a" {5}\r\n');
    dialogue.lines('+', '+', '+');
    expect(await dialogue.turn()).toBe('hello\r\n');
  });
});

describe('a non-synchronizing literal', () => {
  it('goes out at once, the next command behind it', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    dialogue.run(append('a', { content: 'x'.repeat(5000) }));
    dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe(`A1 APPEND "a" {5000+}\r\n${'x'.repeat(5000)}\r\nA2 NOOP\r\n`);
  });

  it('is small where the server takes only small ones', async () => {
    const dialogue = Dialogue.ready('LITERAL-');
    dialogue.run(append('a', { content: 'x'.repeat(4096) }));
    dialogue.run(append('a', { content: 'y'.repeat(4097) }));
    expect(await dialogue.turn()).toBe(`A1 APPEND "a" {4096+}\r\n${'x'.repeat(4096)}\r\nA2 APPEND "a" {4097}\r\n`);
    dialogue.lines('+');
    expect(await dialogue.turn()).toBe(`${'y'.repeat(4097)}\r\n`);
  });

  it('that the server refuses while it is sent is sent to its end', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    const source = new Source();
    const refused = dialogue.run(append('a', { content: { size: 10, stream: source } }));
    const next = dialogue.run(command('NOOP'));
    await dialogue.turn();
    await source.give('hello');
    dialogue.transport.take();
    dialogue.lines('A1 NO [TOOBIG] too big');
    expect(await dialogue.turn()).toBe('');
    expect(refused.error).toMatchObject({ code: 'TOOBIG' });
    await source.give('world');
    await source.end();
    expect(await dialogue.turn()).toBe('world\r\nA2 NOOP\r\n');
    dialogue.lines('A2 OK');
    await next.promise;
    expect(dialogue.session.closed).toBe(false);
  });

  it('that is refused while it is sent has no literal sent that still waits', async () => {
    const dialogue = Dialogue.ready('LITERAL-');
    const source = new Source();
    const refused = dialogue.run(
      command(
        'X',
        {},
        {
          write: (writer) => {
            writer.space().literalStream({ size: 4, stream: source }).space().literal(Buffer.alloc(5000, 'x'));
          },
        },
      ),
    );
    dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe('A1 X {4+}\r\n');
    dialogue.lines('A1 NO');
    await source.give('1234');
    await source.end();
    expect(await dialogue.turn()).toBe('1234 {5000}\r\nA2 NOOP\r\n');
    expect(refused.state).toBe('rejected');
  });
});

describe('a large literal', () => {
  it('that is one chunk of a stream goes out in pieces, too: the transfer is seen to move', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    const done: number[] = [];
    const content = Buffer.alloc(MEGABYTE, 'abcdefghijklm');
    async function* stream() {
      yield content;
    }
    const running = dialogue.run(append('a', { content: { size: MEGABYTE, stream: stream() } }), {
      progress: (bytes) => done.push(bytes),
    });
    dialogue.transport.full = true;
    const pieces: string[] = [];
    for (let n = 0; n < 4; n++) {
      for (let turns = 0; turns < 4; turns++) await turn();
      pieces.push(dialogue.transport.take());
      dialogue.transport.drain();
      dialogue.transport.full = true;
    }
    expect(pieces.join('')).toBe(`A1 APPEND "a" {${MEGABYTE}+}\r\n${content.toString('latin1')}`);
    expect(pieces.map(({ length }) => length).slice(1)).toEqual([MEGABYTE / 4, MEGABYTE / 4, MEGABYTE / 4]);
    expect(await dialogue.turn()).toBe('\r\n');
    expect(done).toEqual([1, 2, 3, 4].map((n) => (n * MEGABYTE) / 4));
    dialogue.lines('A1 OK');
    await running.promise;
  });

  it('goes out in pieces, as fast as the transport takes them', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    const progress: number[][] = [];
    const content = Buffer.alloc(MEGABYTE + 10, 'abcdefghijklm');
    const running = dialogue.run(append('a', { content }), {
      progress: (done, total = 0) => progress.push([done, total]),
    });
    dialogue.run(command('NOOP'));
    dialogue.transport.full = true;
    const pieces: string[] = [];
    for (let n = 0; n < 5; n++) {
      await turn();
      await turn();
      const text = dialogue.transport.take();
      pieces.push(text);
      dialogue.transport.drain();
      dialogue.transport.full = true;
    }
    expect(pieces.map(({ length }) => length)).toEqual([
      26 + MEGABYTE / 4,
      MEGABYTE / 4,
      MEGABYTE / 4,
      MEGABYTE / 4,
      10,
    ]);
    expect(await dialogue.turn()).toBe('\r\nA2 NOOP\r\n');
    expect(pieces.join('')).toBe(`A1 APPEND "a" {1048586+}\r\n${content.toString('latin1')}`);
    expect(progress).toEqual(
      [1, 2, 3, 4].map((n) => [(n * MEGABYTE) / 4, content.length]).concat([[content.length, content.length]]),
    );
    dialogue.lines('A1 OK');
    await running.promise;
    expect(dialogue.session.bytes.sent).toBe(26 + content.length + 2 + 9);
  });
});

describe('a stream', () => {
  async function streaming(size: number, capabilities = '') {
    const dialogue = Dialogue.ready(capabilities);
    const source = new Source();
    const running = dialogue.run(append('a', { content: { size, stream: source } }));
    const other = dialogue.run(command('NOOP'));
    await dialogue.turn();
    return { dialogue, source, running, other };
  }

  it('is not read before the server asks for it', async () => {
    const { dialogue, source, running } = await streaming(5);
    expect(source.asked).toBe(0);
    dialogue.lines('+');
    await source.give('hel');
    await source.give('');
    await source.give('lo');
    // What completes it waits for the end: a server that has it all may store it.
    expect(await dialogue.turn()).toBe('hel');
    await source.end();
    expect(await dialogue.turn()).toBe('lo\r\nA2 NOOP\r\n');
    dialogue.lines('A1 OK [APPENDUID 1 2]', 'A2 OK');
    expect(await running.promise).toEqual({ uid: 2, uidValidity: 1 });
  });

  it('may be empty', async () => {
    const { dialogue, source } = await streaming(0);
    dialogue.lines('+');
    await source.end();
    expect(await dialogue.turn()).toBe('\r\nA2 NOOP\r\n');
  });

  it('is read as fast as the transport takes it', async () => {
    const { dialogue, source } = await streaming(9, 'LITERAL+');
    dialogue.transport.full = true;
    await source.give('one');
    expect(source.asked).toBe(1);
    dialogue.transport.drain();
    await turn();
    expect(source.asked).toBe(2);
  });

  it.each([
    [
      'gives less than it promised',
      (source: Source) => source.give('hell').then(() => source.end()),
      'STREAM_SIZE',
      'hell',
    ],
    ['gives more than it promised', (source: Source) => source.give('hello!'), 'STREAM_SIZE', ''],
    [
      'gives more in the end',
      (source: Source) => source.give('hell').then(() => source.give('o').then(() => source.give('!'))),
      'STREAM_SIZE',
      'hell',
    ],
    ['gives text', (source: Source) => source.giveChunk('hello' as never), 'STREAM_TYPE', ''], // what a Readable with an encoding gives
  ])('that %s closes the connection', async (_, act, code, sent) => {
    const { dialogue, source, running, other } = await streaming(5, 'LITERAL+');
    dialogue.transport.take();
    await act(source);
    expect(running.error).toMatchObject({
      name: 'UsageError',
      code,
      message: expect.stringMatching(/^APPEND: the stream gave /),
    });
    expect(other.error).toMatchObject({ name: 'ConnectionError', code: 'INCOMPLETE_COMMAND', maybeExecuted: false });
    expect(dialogue.transport.take()).toBe(sent);
    expect(dialogue.transport.closed).toBe(true);
  });

  it('that throws closes the connection', async () => {
    const { dialogue, source, running, other } = await streaming(5, 'LITERAL+');
    const error = new Error('no such file');
    await source.fail(error);
    expect(running.error).toBe(error);
    expect(other.error).toMatchObject({ code: 'INCOMPLETE_COMMAND', cause: error });
    expect(dialogue.transport.closed).toBe(true);
  });

  it('is left when the connection ends', async () => {
    const { dialogue, source, running } = await streaming(10, 'LITERAL+');
    await source.give('hello');
    dialogue.session.ended();
    await source.give('world');
    expect(source.left).toBe(true);
    expect(running.error).toMatchObject({ code: 'CONNECTION_LOST', maybeExecuted: false });
    expect(running.settled).toBe(1);
  });

  it('whose caller gives up closes the connection', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    const source = new Source();
    const controller = new AbortController();
    const running = dialogue.run(append('a', { content: { size: 10, stream: source } }), { signal: controller.signal });
    const other = dialogue.run(command('NOOP'));
    await dialogue.turn();
    await source.give('hello');
    controller.abort(new Error('enough'));
    await turn();
    expect(running.error).toEqual(new Error('enough'));
    expect(other.error).toMatchObject({ name: 'ConnectionError', code: 'INCOMPLETE_COMMAND' });
    expect(dialogue.transport.closed).toBe(true);
  });

  it('that gives nothing for long is not the server’s silence', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { dialogue, source, running } = await streaming(10, 'LITERAL+');
    await vi.advanceTimersByTimeAsync(200_000);
    expect(running.state).toBe('pending');
    await source.give('0123456789');
    await vi.advanceTimersByTimeAsync(200_000);
    await source.end();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(running.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', maybeExecuted: true });
    expect(dialogue.session.closed).toBe(true);
  });

  it('that the transport does not take for long is silence', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { dialogue, source, running } = await streaming(10, 'LITERAL+');
    dialogue.transport.full = true;
    await vi.advanceTimersByTimeAsync(100_000);
    await source.give('01234');
    await vi.advanceTimersByTimeAsync(59_000);
    expect(running.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(62_000);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', maybeExecuted: false });
  });
});

describe('a stream that is never asked for', () => {
  /** An APPEND of a stream, and what came before it. */
  async function appending(capabilities = '', before: string[] = []) {
    const dialogue = Dialogue.ready(capabilities);
    for (const name of before) dialogue.run(command(name, { alone: true })).promise.catch(() => {});
    const stream = new Readable({ read() {} });
    const controller = new AbortController();
    const { signal } = controller;
    const running = dialogue.run(append('a', { content: { size: 5, stream } }), { signal });
    await dialogue.turn();
    return { dialogue, stream, running, controller };
  }

  it.each<[string, string[], (scene: Awaited<ReturnType<typeof appending>>) => void]>([
    ['refused', [], ({ dialogue }) => dialogue.lines('A1 NO [TRYCREATE] no such mailbox')],
    ['given up', [], ({ controller }) => controller.abort()],
    ['lost with the connection', [], ({ dialogue }) => dialogue.session.ended()],
    ['given up before its turn', ['X'], ({ controller }) => controller.abort()],
    ['lost before its turn', ['X'], ({ dialogue }) => dialogue.session.ended()],
  ])('is destroyed when its command is %s', async (_, before, end) => {
    const scene = await appending('', before);
    expect(scene.stream.destroyed).toBe(false);
    end(scene);
    await scene.dialogue.turn();
    expect(scene.running.state).toBe('rejected');
    expect(scene.stream.destroyed).toBe(true);
  });

  it('is destroyed when its command is not taken', async () => {
    const dialogue = Dialogue.ready();
    const streams = Array.from({ length: 3 }, () => new Readable({ read() {} }));
    const [late, part, misnamed] = streams as [Readable, Readable, Readable]; // as many as were made
    dialogue.run(append('', { content: { size: 1, stream: misnamed } })).promise.catch(() => {});
    dialogue.session.ended();
    const content = [{ text: 'a' }, { text: { size: 1, stream: part } }];
    await expect(dialogue.session.run(append('a', { content }))).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(dialogue.session.run(append('a', { content: { size: 1, stream: late } }))).rejects.toThrow();
    expect(streams.map(({ destroyed }) => destroyed)).toEqual([true, true, true]);
  });

  it.each(['', 'LITERAL+'])(
    "is destroyed where the caller's log ends the connection for its command: %j",
    async (offered) => {
      const dialogue: Dialogue = Dialogue.ready(offered, {
        log: ({ text }) => text.includes('APPEND') && dialogue.session.ended(),
      });
      const stream = new Readable({ read() {} });
      const running = dialogue.run(append('a', { content: { size: 5, stream } }));
      const behind = dialogue.run(command('X'));
      expect(await dialogue.turn()).toBe('');
      expect([running.error?.code, behind.error?.code]).toEqual(['CONNECTION_LOST', 'CONNECTION_LOST']);
      expect(stream.destroyed).toBe(true);
    },
  );

  it('is destroyed where it is one of several parts, and a generator is returned', async () => {
    const dialogue = Dialogue.ready();
    const stream = new Readable({ read() {} });
    const generator = (async function* () {
      yield Buffer.from('x');
    })();
    const content = [{ text: 'a' }, { text: { size: 5, stream } }, { text: { size: 1, stream: generator } }];
    const running = dialogue.run(append('a', { content }));
    await dialogue.turn();
    dialogue.lines('A1 NO');
    await dialogue.turn();
    expect(running.state).toBe('rejected');
    expect(stream.destroyed).toBe(true);
    expect(await generator.next()).toEqual({ value: undefined, done: true });
  });

  it('is kept where another connection may ask for it', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(command('X', { alone: true })).promise.catch(() => {});
    const stream = new Readable({ read() {} });
    const running = dialogue.run(append('a', { content: { size: 5, stream } }), { mayRunAgain: true });
    await dialogue.turn();
    dialogue.session.ended();
    await turn();
    expect(running.state).toBe('rejected');
    expect(stream.destroyed).toBe(false);
  });

  it('is destroyed though another of the command is still read', async () => {
    const dialogue = Dialogue.ready('LITERAL- CATENATE');
    const source = new Source();
    const stream = new Readable({ read() {} });
    const content = [{ url: '/x' }, { text: { size: 4, stream: source } }, { text: { size: 5000, stream } }];
    const running = dialogue.run(appendWith('a', { content }, dialogue.session.state.capabilities));
    await dialogue.turn();
    dialogue.lines('A1 NO');
    await source.give('1234');
    expect([source.left, stream.destroyed]).toEqual([false, true]);
    await source.end();
    expect(running.state).toBe('rejected');
    expect(dialogue.session.closed).toBe(false);
  });
});

describe('a stream that gives nothing more', () => {
  const ends: [string, (dialogue: Dialogue, controller: AbortController) => void][] = [
    ['given up', (_, controller) => controller.abort()],
    ['lost with the connection', ({ session }) => session.ended()],
  ];
  const begin = async (stream: Readable | ReadableStream<Uint8Array>, give: (chunk: Uint8Array) => void) => {
    const dialogue = Dialogue.ready('LITERAL+');
    const controller = new AbortController();
    const { signal } = controller;
    const running = dialogue.run(append('a', { content: { size: 5, stream } }), { signal });
    give(Buffer.from('12'));
    await dialogue.turn();
    return { dialogue, controller, running };
  };

  it.each(ends)('is destroyed when its command is %s', async (_, end) => {
    const stream = new Readable({ read() {} });
    const { dialogue, controller, running } = await begin(stream, (chunk) => stream.push(chunk));
    expect(stream.destroyed).toBe(false);
    end(dialogue, controller);
    await dialogue.turn();
    expect(running.state).toBe('rejected');
    expect(stream.destroyed).toBe(true);
  });

  it.each(ends)('of the web is cancelled when its command is %s, and read to its end before', async (_, end) => {
    let cancelled = 0;
    let give: (chunk: Uint8Array) => void = () => {};
    let finish = () => {};
    const make = () =>
      new ReadableStream<Uint8Array>({
        start(source) {
          give = (chunk) => source.enqueue(chunk);
          finish = () => source.close();
        },
        cancel: () => {
          cancelled++;
          throw new Error('what comes of it concerns nobody');
        },
      });
    const whole = await begin(make(), (chunk) => give(chunk));
    give(Buffer.from('345'));
    finish();
    await whole.dialogue.turn();
    whole.dialogue.lines('A1 OK done');
    await whole.dialogue.turn();
    expect([whole.running.state, cancelled]).toEqual(['resolved', 0]);
    const { dialogue, controller, running } = await begin(make(), (chunk) => give(chunk));
    end(dialogue, controller);
    await dialogue.turn();
    expect([running.state, cancelled]).toEqual(['rejected', 1]);
  });

  it('of the web is cancelled where it gives more than it promised', async () => {
    let cancelled = 0;
    const stream = new ReadableStream<Uint8Array>({
      pull: (source) => source.enqueue(Buffer.from('123456')),
      cancel: () => void cancelled++,
    });
    const { dialogue, running } = await begin(stream, () => {});
    await dialogue.turn();
    expect(running.error).toMatchObject({ code: 'STREAM_SIZE' });
    expect(cancelled).toBe(1);
  });
});

describe('a literal whose caller gives up', () => {
  it.each(['while it waits', 'while it is sent'])(
    '%s is sent all the same, where nothing of the caller’s is needed',
    async (when) => {
      const dialogue = Dialogue.ready();
      const controller = new AbortController();
      const content = Buffer.alloc(MEGABYTE, 'x');
      const running = dialogue.run(append('a', { content }), { signal: controller.signal });
      const other = dialogue.run(command('NOOP'));
      await dialogue.turn();
      if (when === 'while it is sent') {
        dialogue.transport.full = true;
        dialogue.lines('+');
        await turn();
      }
      controller.abort(new Error('enough'));
      await turn();
      expect(running.error).toEqual(new Error('enough'));
      dialogue.lines('+');
      dialogue.transport.drain();
      await turn();
      await turn();
      expect(dialogue.transport.take().length).toBe(MEGABYTE + 11);
      dialogue.lines('A1 OK', 'A2 OK here');
      expect(await other.promise).toBe('here');
    },
  );
});
