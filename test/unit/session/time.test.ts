import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { append } from '../../../src/commands/append.ts';
import { Idle } from '../../../src/commands/idle.ts';
import { Backlog } from '../../../src/session/backlog.ts';
import { Deadlines } from '../../../src/session/deadlines.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { command, Dialogue, inMailbox, turn } from './dialogue.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a connection that nothing is due of', () => {
  it('has no timer', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    await dialogue.turn();
    expect(vi.getTimerCount()).toBe(0);
    const running = dialogue.run(command('X'));
    await dialogue.turn();
    expect(vi.getTimerCount()).toBe(1);
    dialogue.lines('A3 OK');
    await running.promise;
    dialogue.run(new Idle({ begun() {} }), { mailbox, background: true });
    expect(await dialogue.turn()).toBe('A4 IDLE\r\n');
    expect(vi.getTimerCount()).toBe(1);
    dialogue.lines('+ idling');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('giving up', () => {
  it('before anything was sent sends nothing', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const running = dialogue.run(command('X'), { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await dialogue.turn()).toBe('');
    expect(running.error).toEqual(new Error('enough'));
    expect(dialogue.session.operations).toBe(0);
  });

  it('with a signal that has aborted already', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'), { signal: AbortSignal.abort('why') });
    expect(await dialogue.turn()).toBe('');
    expect(running.outcome).toEqual({ state: 'rejected', error: 'why' });
  });

  it('while it waits leaves the others as they are', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    dialogue.run(command('LOGIN', { alone: true }));
    const running = dialogue.run(command('X'), { signal: controller.signal });
    const mailbox = new MailboxState('a', false);
    const late = dialogue.run(inMailbox('Y'), { mailbox, timeout: 100 });
    dialogue.run(command('Z'));
    await dialogue.turn();
    controller.abort(new Error('enough'));
    await vi.advanceTimersByTimeAsync(100);
    expect(running.error).toEqual(new Error('enough'));
    expect(late.error).toMatchObject({ name: 'ImapError', code: 'TIMEOUT', message: 'Y: not done within 100 ms' });
    dialogue.lines('A1 OK');
    expect(await dialogue.turn()).toBe('A4 Z\r\n');
  });

  it('while its mailbox is being selected', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const mailbox = new MailboxState('a', false);
    const running = dialogue.run(inMailbox('X'), { mailbox, signal: controller.signal });
    expect(await dialogue.turn()).toBe('A2 SELECT "a"\r\n');
    controller.abort(new Error('enough'));
    dialogue.lines('A2 OK');
    expect(await dialogue.turn()).toBe('');
    expect(running.error).toEqual(new Error('enough'));
    expect(dialogue.session.state.selected).toBe(mailbox);
  });

  it('in flight drops the answer, and the connection goes on', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    let abandoned = 0;
    const running = dialogue.run(command('X', {}, { abandoned: () => abandoned++ }), { signal: controller.signal });
    await dialogue.turn();
    controller.abort(new Error('enough'));
    await turn();
    expect(running.error).toEqual(new Error('enough'));
    expect(dialogue.session.operations).toBe(1);
    dialogue.run(command('Y'));
    expect(await dialogue.turn()).toBe('A2 Y\r\n');
    dialogue.lines('A1 NO late', 'A2 OK');
    await turn();
    expect([running.settled, abandoned]).toEqual([1, 1]);
    expect([dialogue.session.operations, dialogue.session.closed]).toEqual([0, false]);
  });

  it('after the answer changes nothing', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const running = dialogue.run(command('X'), { signal: controller.signal, timeout: 1000 });
    await dialogue.turn();
    dialogue.lines('A1 OK done');
    await turn();
    controller.abort();
    await vi.advanceTimersByTimeAsync(2000);
    expect(running.outcome).toEqual({ state: 'resolved', value: 'done' });
  });

  it('by one signal gives up all that it was given to, with one listener', async () => {
    const dialogue = Dialogue.ready();
    const controller = new AbortController();
    const added = vi.spyOn(controller.signal, 'addEventListener');
    const running = Array.from({ length: 600 }, () => dialogue.run(command('X'), { signal: controller.signal }));
    await dialogue.turn();
    dialogue.lines('A1 OK');
    await turn();
    controller.abort('all');
    await turn();
    expect(running.map(({ state }) => state)).toEqual(['resolved', ...Array.from({ length: 599 }, () => 'rejected')]);
    expect(added).toHaveBeenCalledTimes(1);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 40])('never for want of time: %d', async (timeout) => {
    const dialogue = Dialogue.ready('', { timeouts: { inactivity: 2 ** 31 - 1, farewell: 5000 } });
    const running = dialogue.run(command('X'), { timeout });
    await dialogue.turn();
    await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
    expect(running.state).toBe('pending');
  });

  it.each([Number.NaN, -1, 'soon'])('not after %s', async (timeout) => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'), { timeout: timeout as number }); // what JavaScript may give
    expect(await dialogue.turn()).toBe('');
    expect(running.error).toMatchObject({ name: 'UsageError' });
  });

  it('by time is an overall deadline, whatever moves', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'), { timeout: 1000 });
    for (let n = 0; n < 9; n++) {
      await vi.advanceTimersByTimeAsync(100);
      dialogue.lines('* OK still there');
    }
    expect(running.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(100);
    expect(running.error).toMatchObject({ code: 'TIMEOUT' });
    expect(dialogue.session.closed).toBe(false);
  });
});

describe('silence', () => {
  it('while a command waits ends the connection', async () => {
    const dialogue = Dialogue.ready();
    const running = [dialogue.run(command('X')), dialogue.run(command('Y'))];
    await vi.advanceTimersByTimeAsync(59_999);
    expect(running.map(({ state }) => state)).toEqual(['pending', 'pending']);
    await vi.advanceTimersByTimeAsync(1);
    expect(running[0]?.error).toMatchObject({
      name: 'ConnectionError',
      code: 'TIMEOUT',
      phase: 'command',
      maybeExecuted: true,
      message: 'X: The server was silent for 60000 ms while X waited for its answer',
    });
    expect(running[1]?.error).toMatchObject({ code: 'TIMEOUT' });
    expect([dialogue.transport.closed, vi.getTimerCount()]).toEqual([true, 0]);
  });

  it('is broken by every byte', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'));
    await turn();
    for (let n = 0; n < 30; n++) {
      await vi.advanceTimersByTimeAsync(50_000);
      dialogue.receive('*');
    }
    expect(running.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(running.error).toMatchObject({ code: 'TIMEOUT' });
  });

  it('while nothing waits is none', async () => {
    const dialogue = Dialogue.ready();
    const running = [dialogue.run(command('X')), dialogue.run(command('Y')), dialogue.run(command('Z'))];
    await turn();
    dialogue.lines('A2 OK', 'A1 OK', 'A3 OK');
    await Promise.all(running.map(({ promise }) => promise));
    await vi.advanceTimersByTimeAsync(500_000);
    expect([dialogue.session.closed, vi.getTimerCount()]).toEqual([false, 0]);
    const next = dialogue.run(command('X'));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(next.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(next.error).toMatchObject({ code: 'TIMEOUT' });
  });

  it('is none while a large literal goes out, however slowly', async () => {
    const dialogue = Dialogue.ready('LITERAL+');
    const running = dialogue.run(
      append('a', { content: Buffer.alloc(1 << 20, 'x') }, dialogue.session.state.capabilities),
    );
    for (let pieces = 0; pieces < 4; pieces++) {
      dialogue.transport.full = true;
      await vi.advanceTimersByTimeAsync(50_000);
      expect(running.state).toBe('pending');
      dialogue.transport.drain();
    }
    await dialogue.turn();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', maybeExecuted: true });
  });

  it('is not broken by what this side sends', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'));
    for (let n = 0; n < 12; n++) {
      await vi.advanceTimersByTimeAsync(5_000);
      if (!dialogue.session.closed) dialogue.run(command('Y')).promise.catch(() => {});
    }
    expect(running.error).toMatchObject({ code: 'TIMEOUT' });
  });

  it('also counts for an answer that nobody wants any more', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'), { timeout: 10 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', message: 'X: not done within 10 ms' });
    expect(dialogue.session.closed).toBe(true);
  });

  it('is this side’s own while it does not listen', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(100);
    const backlog = new Backlog<number>(dialogue.session.flow, { begin() {} });
    const fetching = dialogue.run(
      inMailbox('FETCH', {
        fetch: (data) => {
          backlog.push(data.uid, 400);
          return true;
        },
      }),
      { mailbox },
    );
    await turn();
    const first = backlog.next();
    for (let seq = 1; seq <= 5; seq++) dialogue.lines(`* ${seq} FETCH (UID ${seq})`);
    await first;
    expect(dialogue.transport.paused).toBe(true);
    await vi.advanceTimersByTimeAsync(500_000);
    expect(fetching.state).toBe('pending');
    while (dialogue.transport.paused) await backlog.next();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(fetching.state).toBe('pending');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(fetching.error).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a process that stood still', () => {
  let ahead = 0;
  /** Timers are late by this: nothing was read meanwhile. */
  const standStill = (ms: number) => {
    ahead += ms;
  };
  beforeEach(() => {
    const now = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('gives the server its time once more, and no third time', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'));
    await turn();
    standStill(3_600_000);
    await vi.advanceTimersByTimeAsync(119_999);
    expect(running.state).toBe('pending');
    standStill(3_600_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(running.error).toMatchObject({ code: 'TIMEOUT' });
  });

  it('has the answer that came meanwhile', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X'));
    await turn();
    standStill(3_600_000);
    await vi.advanceTimersByTimeAsync(60_000);
    dialogue.lines('A1 OK done');
    expect(await running.promise).toBe('done');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('waits for the end of IDLE once more', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    dialogue.run(new Idle({ begun() {} }), { mailbox, background: true });
    await dialogue.turn();
    dialogue.lines('+ idling');
    const running = dialogue.run(command('X'));
    expect(await dialogue.turn()).toBe('DONE\r\n');
    standStill(3_600_000);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(dialogue.session.closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(running.error).toMatchObject({ code: 'TIMEOUT', maybeExecuted: false });
  });
});

describe('Deadlines', () => {
  it('sets no timer once stopped', () => {
    const deadlines = new Deadlines(100, { waiting: true, expired: () => {} });
    deadlines.watch();
    deadlines.expectWithin(50, () => {});
    expect(vi.getTimerCount()).toBe(2);
    deadlines.stop();
    deadlines.watch();
    deadlines.expectWithin(50, () => {})();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('expects until told otherwise', () => {
    const late: string[] = [];
    const deadlines = new Deadlines(100, { waiting: false, expired: () => {} });
    deadlines.expectWithin(50, () => late.push('a'));
    deadlines.expectWithin(50, () => late.push('b'))();
    vi.advanceTimersByTime(100);
    expect(late).toEqual(['a']);
  });
});
