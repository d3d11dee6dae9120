import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Idle } from '../../../src/commands/idle.ts';
import type { ImapError } from '../../../src/errors.ts';
import { MailboxHandle } from '../../../src/mailbox-handle.ts';
import { Backlog } from '../../../src/session/backlog.ts';
import { Listeners } from '../../../src/session/events.ts';
import { type Consumer, Flow } from '../../../src/session/flow.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { command, Dialogue, inMailbox, tagsIn } from './dialogue.ts';
import { FakeTransport } from './fake-transport.ts';

class Holder implements Consumer {
  readonly #flow: Flow;
  #held = 0;
  own = 1;
  hungry = false;
  told: ImapError[] = [];
  constructor(flow: Flow) {
    this.#flow = flow;
  }
  asked = 0;
  get held(): number {
    this.asked++;
    return this.#held;
  }
  set held(bytes: number) {
    this.#held = bytes;
    if (bytes > this.#flow.limit) this.#flow.filled();
  }
  overflow(error: ImapError): void {
    this.told.push(error);
  }
}

/** A flow beside an operation, and a consumer of it that holds nothing yet. */
function setUp() {
  const transport = new FakeTransport();
  const host = { operations: 1, moved() {} };
  const flow = new Flow(transport, 100, host);
  const holder = new Holder(flow);
  flow.add(holder);
  const paused = () => {
    flow.regulate();
    return transport.paused;
  };
  return { transport, host, flow, holder, paused };
}

describe('Flow', () => {
  it('pauses where a consumer leaves more than the limit waiting, and resumes once it has taken it', () => {
    const { flow, holder, paused } = setUp();
    holder.held = 100;
    expect([paused(), flow.paused]).toEqual([false, false]);
    holder.held = 101;
    expect([paused(), flow.paused]).toEqual([true, true]);
    holder.held = 100;
    expect([paused(), flow.paused]).toEqual([false, false]);
  });

  it.each([1, 2, 8, 9, 30])('counts each of %i consumers once, however often it is added', (count) => {
    const { host, flow, paused } = setUp();
    const holders = Array.from({ length: count }, () => new Holder(flow));
    let slow = 0;
    const pausedBeside = (others: number) => {
      host.operations = slow + others;
      return paused();
    };
    for (const holder of holders) {
      holder.held = 101;
      flow.add(holder);
      flow.add(holder);
      slow++;
      expect([pausedBeside(0), pausedBeside(1)]).toEqual([true, false]);
    }
    for (const holder of holders) {
      expect([pausedBeside(1), pausedBeside(0)]).toEqual([false, true]);
      flow.remove(holder);
      slow--;
    }
    expect(pausedBeside(0)).toBe(false);
  });

  it('asks no consumer what it holds while none holds too much', () => {
    const { flow } = setUp();
    const holders = Array.from({ length: 50 }, () => new Holder(flow));
    const [first] = holders;
    for (const holder of holders) {
      flow.add(holder);
      holder.held = 100;
      holder.asked = 0;
    }
    flow.regulate();
    const asked = () => holders.reduce((sum, holder) => sum + holder.asked, 0);
    expect(asked()).toBe(0);
    if (first) first.held = 101;
    flow.regulate();
    expect(flow.paused).toBe(true);
    if (first) first.held = 100;
    flow.regulate();
    expect(flow.paused).toBe(false);
    const before = asked();
    for (const holder of holders) flow.remove(holder);
    flow.regulate();
    expect(asked()).toBe(before);
  });

  it('resumes for an operation that is none of the consumer that brings nothing itself', () => {
    const { host, holder, paused } = setUp();
    host.operations = 0;
    holder.own = 0;
    holder.held = 101;
    expect(paused()).toBe(true);
    host.operations = 1;
    expect(paused()).toBe(false);
    host.operations = 0;
    expect(paused()).toBe(true);
  });

  it('resumes when the slow consumer goes', () => {
    const { transport, flow, holder, paused } = setUp();
    holder.held = 500;
    expect(paused()).toBe(true);
    flow.remove(holder);
    expect(transport.paused).toBe(false);
    flow.remove(holder);
    expect(paused()).toBe(false);
  });

  it('takes in what comes while another operation waits', () => {
    const { host, holder, paused } = setUp();
    holder.held = 500;
    expect(paused()).toBe(true);
    host.operations = 2;
    expect(paused()).toBe(false);
    host.operations = 1;
    expect(paused()).toBe(true);
  });

  it('stays paused where only slow consumers wait for each other', () => {
    const { host, flow, holder: first, paused } = setUp();
    const second = new Holder(flow);
    host.operations = 2;
    flow.add(second);
    first.held = second.held = 101;
    expect(paused()).toBe(true);
    second.held = 0;
    expect(paused()).toBe(false);
  });

  it('tells a consumer that holds too much, once, and only where others wait', () => {
    const { host, flow, holder, paused } = setUp();
    holder.held = 10_000;
    flow.regulate();
    expect(holder.told).toEqual([]);
    host.operations = 2;
    holder.held = 800;
    flow.regulate();
    expect(holder.told).toEqual([]);
    holder.held = 801;
    flow.regulate();
    flow.regulate();
    expect(holder.told.map(({ code }) => code)).toEqual(['SLOW_CONSUMER']);
    expect(holder.told[0]?.message).toContain('limits.buffer');
    host.operations = 1;
    expect(paused()).toBe(false);
  });

  describe('with a consumer that waits beside a slow one', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    function slowAndHungry() {
      const { transport, flow, holder: slow, paused } = setUp();
      const hungry = new Holder(flow);
      flow.add(hungry);
      slow.held = 500;
      hungry.hungry = true;
      expect(paused()).toBe(true);
      /** The slow one takes so much. */
      const take = (bytes: number) => {
        slow.held -= bytes;
        if (flow.attentive) flow.taken(slow);
      };
      return { transport, flow, slow, hungry, take, paused };
    }

    it('goes on for that one once the slow one has taken nothing for long', () => {
      const { transport, flow, slow, hungry, take, paused } = slowAndHungry();
      vi.advanceTimersByTime(9_999);
      expect(transport.paused).toBe(true);
      vi.advanceTimersByTime(1);
      expect(transport.paused).toBe(false);
      hungry.hungry = false;
      expect(paused()).toBe(true);
      hungry.hungry = true;
      expect(paused()).toBe(false);
      take(10);
      expect(transport.paused).toBe(true);
      vi.advanceTimersByTime(10_000);
      expect(transport.paused).toBe(false);
      slow.held = 801;
      flow.regulate();
      expect(slow.told.map(({ code }) => code)).toEqual(['SLOW_CONSUMER']);
      expect([transport.paused, vi.getTimerCount()]).toEqual([false, 0]);
    });

    it('waits for the slow one as long as it takes something', () => {
      const { transport, flow, take } = slowAndHungry();
      for (let n = 0; n < 30; n++) {
        vi.advanceTimersByTime(9_000);
        expect(transport.paused).toBe(true);
        take(10);
      }
      take(150);
      expect([transport.paused, vi.getTimerCount()]).toEqual([false, 0]);
      flow.regulate();
      expect(vi.getTimerCount()).toBe(0);
    });

    it('gives the slow one no more time for what another takes', () => {
      const { transport, flow, hungry } = slowAndHungry();
      vi.advanceTimersByTime(9_999);
      flow.taken(hungry);
      vi.advanceTimersByTime(1);
      expect(transport.paused).toBe(false);
    });

    it('has no timer once the slow one is gone', () => {
      const { transport, flow, slow } = slowAndHungry();
      expect(vi.getTimerCount()).toBe(1);
      flow.remove(slow);
      expect([transport.paused, vi.getTimerCount()]).toEqual([false, 0]);
    });

    it('waits for the slow one where nobody else waits for anything', () => {
      const { flow, holder, paused } = setUp();
      flow.add(new Holder(flow));
      holder.held = 500;
      expect([paused(), vi.getTimerCount()]).toEqual([true, 0]);
    });
  });

  it('heeds what a consumer held before it was added', () => {
    const { flow, paused } = setUp();
    flow.add({ held: 101, own: 1, hungry: false, overflow() {} });
    expect(paused()).toBe(true);
  });

  it('resumes for an operation that comes once a consumer holds more than is taken in beside one', () => {
    const { host, holder, paused } = setUp();
    holder.held = 801;
    expect([paused(), holder.told]).toEqual([true, []]);
    host.operations = 2;
    expect([paused(), holder.told.length]).toEqual([false, 1]);
  });

  it('pauses the next connection where the consumer of the one before is still slow', () => {
    const { transport, flow, holder, paused } = setUp();
    holder.held = 101;
    expect(paused()).toBe(true);
    const next = new FakeTransport();
    flow.moveTo(next, { operations: 0, moved() {} });
    expect([transport.paused, next.paused]).toEqual([true, true]);
    holder.held = 0;
    flow.regulate();
    expect(next.paused).toBe(false);
  });

  it('lets nothing in while the stream changes', () => {
    const { transport, flow, paused } = setUp();
    flow.stop();
    expect(transport.paused).toBe(true);
    expect(paused()).toBe(true);
    const next = new FakeTransport();
    next.paused = true;
    flow.transport = next;
    flow.start();
    expect(next.paused).toBe(false);
  });

  it('tells that bytes flow again', () => {
    const { host, flow, holder } = setUp();
    let resumed = 0;
    host.moved = () => void resumed++;
    flow.regulate();
    expect(resumed).toBe(0);
    holder.held = 101;
    flow.regulate();
    holder.held = 0;
    flow.regulate();
    flow.regulate();
    expect(resumed).toBe(1);
  });
});

/** A FETCH whose lines go to a backlog. */
async function fetching(buffer = 1000) {
  const { dialogue, mailbox } = await Dialogue.selected(1000, '', {
    limits: { line: 1 << 20, longLine: 1 << 20, literal: 1 << 20, depth: 10, buffer },
  });
  const begin = () => {
    const command = inMailbox('FETCH', {
      fetch: ({ uid }, _items, bytes) => {
        backlog.push(uid, bytes);
        return true;
      },
    });
    dialogue.session.run(command, { mailbox }).then(
      () => backlog.end(),
      (error) => backlog.end({ error }),
    );
  };
  const backlog = new Backlog<number>(dialogue.session.flow, { begin });
  const first = backlog.next();
  await dialogue.turn();
  const deliver = (from: number, to: number) => {
    for (let seq = from; seq <= to; seq++)
      dialogue.lines(`* ${seq} FETCH (UID ${seq} FLAGS (${'\\Seen '.repeat(16)}))`);
  };
  return { dialogue, mailbox, backlog, first, deliver };
}

describe('a slow consumer of a session', () => {
  it('pauses the transport, and has it resumed by reading', async () => {
    const { dialogue, backlog, first, deliver } = await fetching();
    deliver(1, 5);
    expect(await first).toEqual({ value: 1, done: false });
    expect(dialogue.transport.paused).toBe(false);
    deliver(6, 20);
    expect(dialogue.transport.paused).toBe(true);
    let read = 1;
    while (dialogue.transport.paused) expect(await backlog.next()).toEqual({ value: ++read, done: false });
    expect(read).toBeGreaterThan(10);
    dialogue.lines('A3 OK done');
    while (read < 20) expect(await backlog.next()).toEqual({ value: ++read, done: false });
    expect(await backlog.next()).toEqual({ value: undefined, done: true });
  });

  it('is overtaken by another operation, though it does not read', async () => {
    const { dialogue, mailbox, backlog, first, deliver } = await fetching();
    deliver(1, 20);
    await first;
    expect(dialogue.transport.paused).toBe(true);
    const other = dialogue.run(inMailbox('COPY'), { mailbox });
    expect(await dialogue.turn()).toBe('A4 COPY\r\n');
    expect(dialogue.transport.paused).toBe(false);
    deliver(21, 40);
    expect(dialogue.transport.paused).toBe(false);
    dialogue.lines('A3 OK', 'A4 OK copied');
    expect(await other.promise).toBe('copied');
    const rest: number[] = [];
    for await (const uid of backlog) rest.push(uid);
    expect(rest).toHaveLength(39);
  });

  it('that lets far too much wait is told so, and the connection goes on', async () => {
    const { dialogue, mailbox, backlog, first, deliver } = await fetching();
    deliver(1, 20);
    await first;
    const other = dialogue.run(inMailbox('COPY'), { mailbox });
    await dialogue.turn();
    deliver(21, 200);
    dialogue.lines('A3 OK', 'A4 OK copied');
    expect(await other.promise).toBe('copied');
    const rest: number[] = [];
    const reading = (async () => {
      for await (const uid of backlog) rest.push(uid);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'ImapError', code: 'SLOW_CONSUMER' });
    expect(rest.length).toBeGreaterThan(60);
    expect(rest.length).toBeLessThan(80);
    expect(dialogue.session.closed).toBe(false);
    const next = dialogue.run(inMailbox('NOOP'), { mailbox });
    await dialogue.turn();
    dialogue.lines('A5 OK still here');
    expect(await next.promise).toBe('still here');
  });

  it('is not pushed on by an IDLE that only waits for its turn', async () => {
    const { dialogue, mailbox, first, deliver } = await fetching();
    const idling = dialogue.run(inMailbox('IDLE', { behaviour: { mailbox: true, alone: true, endedBy: 'DONE' } }), {
      mailbox,
      background: true,
    });
    deliver(1, 20);
    await first;
    await dialogue.turn();
    expect(dialogue.transport.paused).toBe(true);
    expect(idling.state).toBe('pending');
  });

  it('of a set that takes several commands waits for all of them, and they for it', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const { transport } = dialogue;
    const opening = MailboxHandle.open(dialogue.session, mailbox, new Listeners(), {});
    await dialogue.turn();
    dialogue.lines('A3 OK');
    const inbox = await opening;
    const uids = Array.from({ length: 3000 }, (_, index) => 1001 + 2 * index);
    const fetching = inbox.fetch(uids, { flags: true })[Symbol.asyncIterator]();
    const first = fetching.next();
    expect(tagsIn(await dialogue.turn())).toEqual(['A4', 'A5']);
    const deliver = (seq: number) =>
      dialogue.lines(`* ${seq} FETCH (UID ${999 + 2 * seq} FLAGS (${'\\Seen '.repeat(200)}))`);
    for (const seq of [1, 2, 3]) deliver(seq);
    expect((await first).value.uid).toBe(1001);
    expect(transport.paused).toBe(true);
    // What was on its way when the transport was paused.
    dialogue.lines('A4 OK');
    await dialogue.turn();
    expect(transport.paused).toBe(true);
    const other = dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe('A6 NOOP\r\n');
    expect(transport.paused).toBe(false);
    dialogue.lines('A6 OK done');
    expect(await other.promise).toBe('done');
    expect(transport.paused).toBe(true);
    dialogue.lines('A5 OK');
    await dialogue.turn();
    const rest: number[] = [];
    for (let next = await fetching.next(); !next.done; next = await fetching.next()) rest.push(next.value.uid);
    expect(rest).toEqual([1003, 1005]);
    expect(transport.paused).toBe(false);
  });

  it('of what IDLE brings lets IDLE end: its answer is waited for', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
    const { flow } = dialogue.session;
    const idling = dialogue.session.start(new Idle({ begun() {}, done() {} }), { mailbox, background: true });
    await dialogue.turn();
    dialogue.lines('+ idling');
    const holder = new Holder(flow);
    holder.own = 0;
    holder.held = 5000;
    flow.add(holder);
    dialogue.lines('* 4 EXISTS');
    expect(dialogue.transport.paused).toBe(true);
    idling.abort();
    expect(await dialogue.turn()).toBe('DONE\r\n');
    expect(dialogue.transport.paused).toBe(false);
    dialogue.lines('A3 OK');
    await dialogue.turn();
    expect(dialogue.transport.paused).toBe(true);
  });

  it('is no deadlock where it waits for a watch inside its loop', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { dialogue, mailbox } = await Dialogue.selected(40, 'IDLE');
      const { transport } = dialogue;
      const opening = MailboxHandle.open(dialogue.session, mailbox, new Listeners(), {});
      await dialogue.turn();
      dialogue.lines('A3 OK');
      const inbox = await opening;
      const events = inbox.watch()[Symbol.asyncIterator]();
      // Until it idles.
      const event = events.next();
      await dialogue.turn();
      dialogue.lines(`* SEARCH ${Array.from({ length: 40 }, (_, index) => index + 1).join(' ')}`, 'A4 OK');
      for (let text = await dialogue.turn(); !text.includes('IDLE'); text = await dialogue.turn())
        for (const tag of tagsIn(text)) dialogue.lines(`${tag} OK`);
      dialogue.lines('+ idling');
      const messages = inbox.fetch('1:*', { flags: true })[Symbol.asyncIterator]();
      const first = messages.next();
      expect(await dialogue.turn()).toBe('DONE\r\n');
      const [idle = ''] = dialogue.log.flatMap(({ text }) => /^(A\d+) IDLE/.exec(text)?.[1] ?? []);
      dialogue.lines(`${idle} OK`);
      const [fetch] = tagsIn(await dialogue.turn());
      const deliver = (seq: number) => dialogue.lines(`* ${seq} FETCH (UID ${seq} FLAGS (${'\\Seen '.repeat(100)}))`);
      for (const seq of [1, 2, 3]) deliver(seq);
      expect((await first).value.uid).toBe(1);
      await dialogue.turn();
      expect(transport.paused).toBe(true);
      // The loop over the messages waits for the watch now.
      await vi.advanceTimersByTimeAsync(10_000);
      expect(transport.paused).toBe(false);
      dialogue.lines(`${fetch} OK`);
      const text = await dialogue.turn();
      expect(text).toContain('IDLE');
      dialogue.lines('+ idling', '* 4 EXPUNGE');
      expect((await event).value).toMatchObject({ type: 'vanished' });
      expect((await messages.next()).value.uid).toBe(2);
      dialogue.session.ended();
      await expect(events.next()).rejects.toThrow('IDLE');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('of a watch does not keep that of another mailbox from its turn', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { dialogue, mailbox } = await Dialogue.selected(3, 'IDLE');
      const { session, transport } = dialogue;
      const [slow, hungry] = [new Holder(session.flow), new Holder(session.flow)];
      slow.own = hungry.own = 0;
      slow.held = 5000;
      hungry.hungry = true;
      for (const holder of [slow, hungry]) session.flow.add(holder);
      for (const watched of [mailbox, new MailboxState('b', false)])
        session.start(new Idle({ begun() {}, done() {} }), { mailbox: watched, background: true });
      expect(await dialogue.turn()).toBe('A3 IDLE\r\n');
      dialogue.lines('+ idling');
      expect(transport.paused).toBe(true);
      await vi.advanceTimersByTimeAsync(10_000);
      expect(await dialogue.turn()).toBe('DONE\r\n');
      expect(transport.paused).toBe(false);
      dialogue.lines('A3 OK');
      expect(await dialogue.turn()).toBe('A5 SELECT "b"\r\n');
      dialogue.lines('A5 OK');
      expect(await dialogue.turn()).toBe('A4 IDLE\r\n');
      dialogue.lines('+ idling');
      expect(transport.paused).toBe(false);
      session.ended();
    } finally {
      vi.useRealTimers();
    }
  });

  it('whose operation is over holds up nobody', async () => {
    const { dialogue, backlog, first, deliver } = await fetching();
    deliver(1, 20);
    await first;
    expect(dialogue.transport.paused).toBe(true);
    dialogue.lines('A3 OK'); // what was on its way when the transport was paused
    await dialogue.turn();
    expect(dialogue.transport.paused).toBe(false);
    expect(backlog.held).toBeGreaterThan(1000);
  });
});
