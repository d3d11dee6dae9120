import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Idle } from '../../../src/commands/idle.ts';
import { ImapError } from '../../../src/errors.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { command, Dialogue, inMailbox, turn } from './dialogue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

async function idling() {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
  let begun = 0;
  const controller = new AbortController();
  const running = dialogue.run(new Idle({ begun: () => begun++ }), {
    mailbox,
    background: true,
    signal: controller.signal,
  });
  expect(await dialogue.turn()).toBe('A3 IDLE\r\n');
  return { dialogue, mailbox, running, controller, begun: () => begun };
}

describe('IDLE', () => {
  it('begins when the server says so, and lasts', async () => {
    const { dialogue, mailbox, running, begun } = await idling();
    expect(begun()).toBe(0);
    dialogue.lines('+ idling');
    await turn();
    expect(begun()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000_000);
    dialogue.lines('* 4 EXISTS');
    expect([mailbox.exists, running.state, dialogue.transport.take()]).toEqual([4, 'pending', '']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends before anything else is written', async () => {
    const { dialogue, mailbox, running } = await idling();
    dialogue.lines('+');
    await turn();
    const others = [dialogue.run(inMailbox('X'), { mailbox }), dialogue.run(command('Y'))];
    expect(await dialogue.turn()).toBe('DONE\r\n');
    others.push(dialogue.run(command('Z')));
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('* 5 EXISTS', 'A3 OK idled');
    expect(await dialogue.turn()).toBe('A4 X\r\nA5 Y\r\nA6 Z\r\n');
    expect(running.state).toBe('resolved');
    dialogue.lines('A4 OK', 'A5 OK', 'A6 OK');
    await Promise.all(others.map(({ promise }) => promise));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
    expect(dialogue.session.closed).toBe(false);
  });

  it('is over where a server within this process answers DONE while it is written', async () => {
    const { dialogue, running, controller } = await idling();
    dialogue.lines('+');
    const { transport } = dialogue;
    const write = transport.write.bind(transport);
    vi.spyOn(transport, 'write').mockImplementation((data) => {
      if (data === 'DONE\r\n') dialogue.lines('A3 OK idled');
      return write(data);
    });
    controller.abort();
    expect(await dialogue.turn()).toBe('DONE\r\n');
    expect(running.state).toBe('rejected');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(dialogue.session.closed).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is not ended before the server has begun it', async () => {
    const { dialogue, running } = await idling();
    dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('+ idling');
    expect(await dialogue.turn()).toBe('DONE\r\n');
    dialogue.lines('A3 OK');
    expect(await dialogue.turn()).toBe('A4 X\r\n');
    expect(running.state).toBe('resolved');
  });

  it('that the server refuses is not ended', async () => {
    const { dialogue, running } = await idling();
    dialogue.run(command('X'));
    await turn();
    dialogue.lines('A3 NO not now');
    expect(await dialogue.turn()).toBe('A4 X\r\n');
    expect(running.error).toMatchObject({ name: 'CommandError', command: 'IDLE' });
  });

  it('that the server ends by itself is over', async () => {
    const { dialogue, running } = await idling();
    dialogue.lines('+', 'A3 OK enough');
    await turn();
    expect(running.state).toBe('resolved');
    dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('A4 X\r\n');
  });

  it.each(['before', 'after'])('ends when its caller gives up %s it has begun', async (when) => {
    const { dialogue, running, controller } = await idling();
    if (when === 'after') dialogue.lines('+ idling');
    await turn();
    controller.abort(new Error('enough'));
    await turn();
    expect(running.error).toEqual(new Error('enough'));
    if (when === 'before') dialogue.lines('+ idling');
    expect(await dialogue.turn()).toBe('DONE\r\n');
    dialogue.lines('+ again', 'A3 OK');
    await turn();
    dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('A4 X\r\n');
  });

  it.each(['the continuation', 'the tagged answer'])('has a deadline for its end: no %s', async (what) => {
    const { dialogue, running } = await idling();
    if (what === 'the tagged answer') dialogue.lines('+');
    await turn();
    const other = dialogue.run(command('X'));
    await vi.advanceTimersByTimeAsync(4_999);
    expect(other.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1);
    expect(other.error).toMatchObject({
      name: 'ConnectionError',
      code: 'TIMEOUT',
      phase: 'idle',
      maybeExecuted: false,
    });
    expect(running.error).toMatchObject({
      code: 'TIMEOUT',
      message: 'IDLE: The server did not end IDLE within 5000 ms',
    });
    expect([dialogue.transport.closed, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it('that the server never begins is silence like any other', async () => {
    const { dialogue, running } = await idling();
    await vi.advanceTimersByTimeAsync(59_000);
    dialogue.lines('* 4 EXISTS');
    await vi.advanceTimersByTimeAsync(59_000);
    expect(running.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1_001);
    expect(running.error).toMatchObject({
      name: 'ConnectionError',
      code: 'TIMEOUT',
      phase: 'idle',
      message: 'IDLE: The server was silent for 60000 ms while IDLE waited for its answer',
    });
    expect([dialogue.transport.closed, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it('has no such deadline once it is answered', async () => {
    const { dialogue } = await idling();
    dialogue.lines('+');
    await turn();
    const other = dialogue.run(command('X'));
    await vi.advanceTimersByTimeAsync(4_000);
    dialogue.lines('A3 OK');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(other.state).toBe('pending');
    dialogue.lines('A4 OK');
    await other.promise;
  });

  it('tells that the connection was lost while it idled', async () => {
    const { dialogue, running } = await idling();
    dialogue.lines('+');
    dialogue.session.ended(new Error('ECONNRESET'));
    await turn();
    expect(running.error).toMatchObject({ code: 'CONNECTION_LOST', phase: 'idle' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits in the background until nothing else does', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const running = dialogue.run(new Idle({ begun() {} }), { mailbox, background: true });
    dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('A4 X\r\n');
    dialogue.run(command('Y'));
    expect(await dialogue.turn()).toBe('A5 Y\r\n');
    dialogue.lines('A4 OK');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A5 OK');
    expect(await dialogue.turn()).toBe('A3 IDLE\r\n');
    expect(running.state).toBe('pending');
  });

  it('that waits can be given up', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const running = dialogue.run(new Idle({ begun() {} }), { mailbox, background: true, timeout: 50 });
    dialogue.run(command('X'));
    await vi.advanceTimersByTimeAsync(50);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', message: 'IDLE: not done within 50 ms' });
    dialogue.transport.take();
    dialogue.lines('A4 OK');
    expect(await dialogue.turn()).toBe('');
  });
});

describe('IDLE that is told itself what comes of it', () => {
  async function started() {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const outcomes: ({ value: boolean } | { error: unknown })[] = [];
    const idle = new Idle({ begun() {}, done: (outcome) => outcomes.push(outcome) });
    const under = dialogue.session.start(idle, { mailbox, background: true });
    expect(await dialogue.turn()).toBe('A3 IDLE\r\n');
    dialogue.lines('+ idling');
    await turn();
    expect(outcomes).toEqual([]);
    return { dialogue, mailbox, under, outcomes };
  }

  it('hears how it ended, once', async () => {
    const { dialogue, outcomes } = await started();
    dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('DONE\r\n');
    dialogue.lines('A3 OK');
    expect(outcomes).toEqual([]);
    expect(await dialogue.turn()).toBe('A4 X\r\n');
    expect(outcomes).toEqual([{ value: true }]);
    dialogue.session.ended();
    await turn();
    expect(outcomes.length).toBe(1);
  });

  it('hears that the server ended it, or refused it', async () => {
    const ended = await started();
    ended.dialogue.lines('A3 OK enough');
    await turn();
    expect(ended.outcomes).toEqual([{ value: false }]);
    const refused = await started();
    refused.dialogue.lines('A3 NO not now');
    await turn();
    expect(refused.outcomes).toEqual([{ error: expect.objectContaining({ name: 'CommandError', command: 'IDLE' }) }]);
  });

  it('is given up, and then not again', async () => {
    const { dialogue, under, outcomes } = await started();
    under.abort();
    expect(await dialogue.turn()).toBe('DONE\r\n');
    expect(outcomes).toEqual([{ error: new ImapError('CANCELLED', 'IDLE: the operation was cancelled') }]);
    dialogue.lines('A3 OK');
    under.abort();
    expect(await dialogue.turn()).toBe('');
    expect(outcomes.length).toBe(1);
  });

  it('is given up before it was sent', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    dialogue.run(command('X'));
    const outcomes: unknown[] = [];
    const idle = new Idle({ begun() {}, done: (outcome) => outcomes.push(outcome) });
    dialogue.session.start(idle, { mailbox, background: true }).abort();
    expect(await dialogue.turn()).toBe('A3 X\r\n');
    dialogue.lines('A3 OK');
    expect(await dialogue.turn()).toBe('');
    expect(outcomes).toEqual([{ error: new ImapError('CANCELLED', 'IDLE: the operation was cancelled') }]);
  });

  it('hears that the connection was lost', async () => {
    const { dialogue, mailbox, outcomes } = await started();
    dialogue.session.ended(new Error('ECONNRESET'));
    await turn();
    expect(outcomes).toEqual([{ error: expect.objectContaining({ code: 'CONNECTION_LOST', phase: 'idle' }) }]);
    expect(() => dialogue.session.start(new Idle({ begun() {} }), { mailbox })).toThrow('the connection is closed');
  });
});

/** A server that idles, and watchers that idle again and again; notes when which mailbox was selected. */
class Watchers {
  readonly dialogue = Dialogue.ready('IDLE');
  readonly selected: { name: string; at: number }[] = [];
  idles = 0;
  #idle = '';

  /** Watches as Mailbox.watch does: a new selection is looked at first. Ends when the signal aborts. */
  async watch(mailbox: MailboxState, signal?: AbortSignal): Promise<void> {
    const { session } = this.dialogue;
    let selection = 0;
    while (!signal?.aborted && !session.closed) {
      const round = new AbortController();
      signal?.addEventListener('abort', () => round.abort());
      const begun = () => {
        if (selection !== mailbox.selections) round.abort();
      };
      await session.run(new Idle({ begun }), { mailbox, background: true, signal: round.signal }).catch(() => {});
      if (signal?.aborted || selection === mailbox.selections) continue;
      selection = mailbox.selections;
      await session.run(inMailbox('LOOK'), { mailbox });
      await Promise.resolve().then(() => Promise.resolve());
    }
  }

  /** Lets so much time pass, the server answering at once. */
  async pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 50) {
      for (let n = 0; n < 10; n++) this.#serve(await this.dialogue.turn());
      await vi.advanceTimersByTimeAsync(50);
    }
  }

  #serve(text: string): void {
    for (const line of text.split('\r\n').slice(0, -1)) {
      const [tag = '', name = '', mailbox = ''] = line.split(' ');
      if (name === 'SELECT') this.selected.push({ name: mailbox, at: performance.now() });
      if (name === 'IDLE') {
        this.idles++;
        this.#idle = tag;
        this.dialogue.lines('+ idling');
      } else {
        this.dialogue.lines(`${tag === 'DONE' ? this.#idle : tag} OK`);
      }
    }
  }
}

describe('two mailboxes that are watched', () => {
  it('take turns', async () => {
    const watchers = new Watchers();
    watchers.watch(new MailboxState('a', false));
    watchers.watch(new MailboxState('b', false));
    await watchers.pass(60_000);
    const names = watchers.selected.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(5);
    expect(names.length).toBeLessThanOrEqual(7);
    expect(names).toEqual(names.map((_, n) => (n % 2 === 0 ? '"a"' : '"b"')));
    expect(watchers.idles).toBeLessThan(30);
    watchers.dialogue.session.ended();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('do so too where one of them is watched twice', async () => {
    const watchers = new Watchers();
    const [a, b] = [new MailboxState('a', false), new MailboxState('b', false)];
    watchers.watch(a);
    watchers.watch(a);
    watchers.watch(b);
    await watchers.pass(45_000);
    expect(watchers.selected.map(({ name }) => name).slice(0, 4)).toEqual(['"a"', '"b"', '"a"', '"b"']);
    expect(watchers.idles).toBeLessThan(40);
  });

  it('come to an end one at a time, without the other waiting for long', async () => {
    const watchers = new Watchers();
    const [first, second] = [new AbortController(), new AbortController()];
    watchers.watch(new MailboxState('a', false), first.signal);
    watchers.watch(new MailboxState('b', false), second.signal);
    await watchers.pass(2_000);
    expect(watchers.selected.map(({ name }) => name)).toEqual(['"a"']);
    first.abort();
    await watchers.pass(500);
    expect(watchers.selected.map(({ name }) => name)).toEqual(['"a"', '"b"']);
    await watchers.pass(60_000);
    expect(watchers.selected).toHaveLength(2);
    second.abort();
    await watchers.pass(500);
    expect(watchers.dialogue.session.operations).toBe(0);
  });

  it('yield to operations on either, and go on with the turn', async () => {
    const watchers = new Watchers();
    const [a, b] = [new MailboxState('a', false), new MailboxState('b', false)];
    watchers.watch(a);
    watchers.watch(b);
    await watchers.pass(1_000);
    for (let n = 0; n < 5; n++) {
      const running = watchers.dialogue.run(inMailbox('X'), { mailbox: a });
      await watchers.pass(500);
      expect(running.state).toBe('resolved');
    }
    expect(watchers.selected.map(({ name }) => name)).toEqual(['"a"']);
    const running = watchers.dialogue.run(inMailbox('X'), { mailbox: b });
    await watchers.pass(500);
    expect(running.state).toBe('resolved');
    expect(watchers.selected.map(({ name }) => name)).toEqual(['"a"', '"b"', '"a"']);
  });
});
