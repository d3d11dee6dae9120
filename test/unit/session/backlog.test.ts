import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { ConnectionError, ImapError } from '../../../src/errors.ts';
import { Backlog } from '../../../src/session/backlog.ts';
import { Flow } from '../../../src/session/flow.ts';
import { FakeTransport } from './fake-transport.ts';

class Desk {
  readonly transport = new FakeTransport();
  begun = 0;
  operations = 1;
  moved() {}
  readonly flow = new Flow(this.transport, 100, this);
  readonly backlog = new Backlog<string>(this.flow, {
    begin: () => {
      this.begun++;
    },
  });

  push(...items: string[]): void {
    for (const item of items) this.backlog.push(item, 40);
    this.flow.regulate();
  }
}

const done = { value: undefined, done: true };

describe('Backlog', () => {
  it('begins its work with the first next(), once', async () => {
    const { backlog, ...desk } = new Desk();
    expect(desk.begun).toBe(0);
    const begun = new Desk();
    const first = begun.backlog.next();
    expect(begun.begun).toBe(1);
    begun.push('a');
    expect(await first).toEqual({ value: 'a', done: false });
    begun.push('b');
    expect(await begun.backlog.next()).toEqual({ value: 'b', done: false });
    expect(begun.begun).toBe(1);
    expect(backlog.held).toBe(0);
  });

  it('of which all has come holds nothing up, however slowly it is read', async () => {
    const desk = new Desk();
    desk.flow.add(desk.backlog);
    desk.operations = 2;
    desk.push('a', 'b', 'c', 'd');
    desk.backlog.end();
    desk.operations = 1;
    expect(await desk.backlog.next()).toEqual({ value: 'a', done: false });
    desk.flow.regulate();
    expect([desk.backlog.held, desk.flow.paused]).toEqual([120, false]);
  });

  it('gives items in order, whether they came before or after they were asked for', async () => {
    const { backlog, ...rest } = new Desk();
    expect(rest.operations).toBe(1);
    const items: string[] = [];
    const reading = (async () => {
      for await (const item of backlog) items.push(item);
    })();
    for (let batch = 0; batch < 30; batch++) {
      for (let n = 0; n < 100; n++) backlog.push(`${batch}.${n}`, 1);
      if (batch % 3 === 0) await Promise.resolve();
    }
    backlog.end();
    await reading;
    expect(items).toHaveLength(3000);
    expect(items).toEqual([...items].sort((a, b) => ordinal(a) - ordinal(b)));
    expect(backlog.held).toBe(0);
  });

  it('gives items in order to a consumer that is always behind', async () => {
    const { backlog } = new Desk();
    const items: string[] = [];
    for (let round = 0; round < 50; round++) {
      for (let n = 0; n < 100; n++) backlog.push(`${round}.${n}`, 1);
      for (let n = 0; n < 97; n++) items.push((await backlog.next()).value);
      expect(backlog.held).toBe((round + 1) * 3);
    }
    backlog.end();
    for await (const item of backlog) items.push(item);
    expect(items).toEqual(Array.from({ length: 5000 }, (_, n) => `${Math.floor(n / 100)}.${n % 100}`));
    expect(backlog.held).toBe(0);
  });

  it('gives each of several next() its own item', async () => {
    const desk = new Desk();
    const asked = [desk.backlog.next(), desk.backlog.next(), desk.backlog.next(), desk.backlog.next()];
    desk.push('a', 'b');
    desk.backlog.end();
    expect(await Promise.all(asked)).toEqual([{ value: 'a', done: false }, { value: 'b', done: false }, done, done]);
  });

  it('tells an error to one of several next(), and the end to the others', async () => {
    const desk = new Desk();
    const asked = [desk.backlog.next(), desk.backlog.next()];
    desk.backlog.end({ error: new Error('lost') });
    expect(await Promise.allSettled(asked)).toEqual([
      { status: 'rejected', reason: new Error('lost') },
      { status: 'fulfilled', value: done },
    ]);
  });

  it('serves any number of next() in linear time', async () => {
    const { backlog } = new Desk();
    const asked = Array.from({ length: 400_000 }, () => backlog.next());
    for (let n = 0; n < 400_000; n++) backlog.push(`${n}`, 1);
    const answers = await Promise.all(asked);
    expect(answers.findIndex(({ value }, n) => value !== `${n}`)).toBe(-1);
    expect([backlog.hungry, backlog.held]).toEqual([false, 0]);
  });

  it.each(['while more comes', 'though all has come'])(
    'ends at once when its signal aborts, %s, and holds nothing up',
    async (when) => {
      const desk = new Desk();
      const giving = new AbortController();
      let left = 0;
      const backlog = new Backlog<string>(desk.flow, { begin() {}, left: () => left++, signal: giving.signal });
      const first = backlog.next();
      for (const item of ['a', 'b', 'c', 'd', 'e']) backlog.push(item, 40);
      desk.flow.regulate();
      expect([(await first).value, (await backlog.next()).value]).toEqual(['a', 'b']);
      if (when === 'though all has come') backlog.end();
      giving.abort('enough');
      await expect(backlog.next()).rejects.toBe('enough');
      expect(await backlog.next()).toEqual(done);
      expect([backlog.held, left, desk.transport.paused]).toEqual([0, 1, false]);
    },
  );

  it('has nothing to tell of a signal that aborts once all was taken', async () => {
    const desk = new Desk();
    const giving = new AbortController();
    const backlog = new Backlog<string>(desk.flow, { begin() {}, signal: giving.signal });
    const first = backlog.next();
    backlog.push('a', 1);
    backlog.end();
    giving.abort();
    expect(await first).toEqual({ value: 'a', done: false });
    expect(await backlog.next()).toEqual(done);
  });

  it('tells at once that its time is over, and what else failed behind the items', async () => {
    const late = new ImapError('TIMEOUT', 'not done within 5 ms');
    const lost = new ConnectionError('TIMEOUT', 'The server was silent', { phase: 'command' });
    const refused = new ImapError('UNREADABLE', 'FETCH: the answer is incomplete');
    for (const [error, next] of [
      [late, 'rejected'],
      [lost, 'fulfilled'],
      [refused, 'fulfilled'],
      [new Error('What the caller threw'), 'fulfilled'],
    ] as const) {
      const desk = new Desk();
      const first = desk.backlog.next();
      desk.push('a', 'b', 'c');
      await first;
      desk.backlog.fail(error);
      expect((await Promise.allSettled([desk.backlog.next()]))[0]?.status).toBe(next);
    }
  });

  it('tells an error behind the items that came before it, and only once', async () => {
    const desk = new Desk();
    const first = desk.backlog.next();
    desk.push('a', 'b');
    desk.backlog.end({ error: new Error('lost') });
    desk.backlog.end({ error: new Error('second') });
    expect(await first).toEqual({ value: 'a', done: false });
    expect(await desk.backlog.next()).toEqual({ value: 'b', done: false });
    await expect(desk.backlog.next()).rejects.toThrow('lost');
    expect(await desk.backlog.next()).toEqual(done);
  });

  it('drops what comes after its end', async () => {
    const desk = new Desk();
    const first = desk.backlog.next();
    desk.backlog.end();
    desk.push('late');
    expect(await first).toEqual(done);
    expect(await desk.backlog.next()).toEqual(done);
    expect(desk.backlog.held).toBe(0);
  });

  it('drops what it holds and what still comes once its consumer leaves', async () => {
    const desk = new Desk();
    const first = desk.backlog.next();
    desk.push('a', 'b', 'c', 'd', 'e');
    await first;
    expect(desk.transport.paused).toBe(true);
    for await (const item of desk.backlog) {
      expect(item).toBe('b');
      break;
    }
    expect(desk.transport.paused).toBe(false);
    desk.push('f', 'g', 'h', 'i');
    expect(desk.backlog.held).toBe(0);
    expect(desk.transport.paused).toBe(false);
    expect(await desk.backlog.next()).toEqual(done);
  });

  it('ends a next() that waits when its consumer leaves', async () => {
    const desk = new Desk();
    const waiting = desk.backlog.next();
    expect(await desk.backlog.return()).toEqual(done);
    expect(await waiting).toEqual(done);
    desk.backlog.end({ error: new Error('nobody is told') });
    expect(await desk.backlog.next()).toEqual(done);
  });

  it('tells no error to a consumer that has left', async () => {
    const desk = new Desk();
    const first = desk.backlog.next();
    desk.push('a', 'b');
    desk.backlog.fail(new Error('nobody is told'));
    expect(await first).toEqual({ value: 'a', done: false });
    await desk.backlog.return();
    expect(await desk.backlog.next()).toEqual(done);
  });

  it('never begins where its consumer leaves at once', async () => {
    const desk = new Desk();
    await desk.backlog.return();
    expect(await desk.backlog.next()).toEqual(done);
    expect(desk.begun).toBe(0);
  });

  it('lets go of what was taken, though it never runs empty', async () => {
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    const { flow } = new Desk();
    const backlog = new Backlog<object>(flow, { begin() {} });
    const taken: WeakRef<object>[] = [];
    backlog.push({}, 1);
    for (let n = 0; n < 5000; n++) {
      backlog.push({ n }, n % 5);
      const { value } = await backlog.next();
      taken.push(new WeakRef(value));
    }
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(taken.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(50);
    expect(backlog.held).toBe(4);
  });
});

function ordinal(item: string): number {
  const [batch = '', n = ''] = item.split('.');
  return Number(batch) * 1000 + Number(n);
}
