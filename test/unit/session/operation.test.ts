import { describe, expect, it } from 'vitest';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { newOperation, type Operation, settle } from '../../../src/session/operation.ts';
import { OperationQueue } from '../../../src/session/operation-queue.ts';
import { command } from './dialogue.ts';

let tickets = 0;

function operation(mailbox?: MailboxState, background = false): Operation {
  return newOperation(command('X'), { mailbox, background }, ++tickets);
}

function filled(...operations: Operation[]): OperationQueue {
  const queue = new OperationQueue();
  for (const one of operations) queue.push(one);
  return queue;
}

const [a, b, c] = ['a', 'b', 'c'].map((name) => new MailboxState(name, false)) as [
  MailboxState,
  MailboxState,
  MailboxState,
]; // three names, three mailboxes

describe('OperationQueue', () => {
  it('keeps the order, whatever is taken out', () => {
    const operations = Array.from({ length: 5000 }, () => operation());
    const queue = filled(...operations.slice(0, 3000));
    const left = operations.filter((_, n) => n % 3 !== 0);
    operations.forEach((one, n) => {
      if (n >= 3000) queue.push(one);
      if (n % 3 === 0) queue.remove(one);
    });
    expect(queue.size).toBe(left.length);
    for (const one of left) {
      expect(queue.general()).toBe(one);
      queue.remove(one);
      for (const absent of [one, operation(), operation(a)]) queue.remove(absent);
    }
    expect([queue.general(), queue.size]).toEqual([undefined, 0]);
  });

  it('stays in order while it never runs empty', () => {
    const queue = filled(operation());
    for (let n = 0; n < 10_000; n++) {
      const next = operation();
      queue.push(next);
      const head = queue.general();
      expect(head?.ticket).toBe(next.ticket - 1);
      if (head !== undefined) queue.remove(head);
    }
    expect(queue.size).toBe(1);
  });

  it('prefers the selected mailbox, until another has waited longer', () => {
    const [first, second] = [operation(a), operation(b)];
    const queue = filled(first, second);
    expect(queue.mailbox(undefined)).toBe(first);
    expect(queue.mailbox(b)).toBe(second);
    queue.remove(second);
    expect(queue.mailbox(b)).toBe(first);
    const early = operation(b);
    tickets += 60;
    const late = operation(a);
    tickets += 60;
    const latest = operation(a);
    const again = filled(early, late, latest);
    expect(again.mailbox(a)).toBe(late);
    again.remove(late);
    expect(again.mailbox(a)).toBe(early);
  });

  it('gives every other mailbox its turn', () => {
    const queue = new OperationQueue();
    const served: string[] = [];
    for (let n = 0; n < 9; n++) queue.push(operation([a, b, c][n % 3]));
    let selected: MailboxState | undefined;
    for (let n = 0; n < 9; n++) {
      tickets += 1000;
      queue.push(operation([a, b, c][n % 3]));
      const next = queue.mailbox(selected);
      if (next === undefined) break;
      selected = next.options.mailbox;
      served.push(selected?.name ?? '');
      queue.remove(next);
    }
    expect(new Set(served)).toEqual(new Set(['a', 'b', 'c']));
  });

  it('keeps what waits in the background apart', () => {
    const [plain, first, second, third] = [
      operation(a),
      operation(a, true),
      operation(b, true),
      operation(undefined, true),
    ];
    const queue = filled(first, second, third, plain);
    expect(queue.size).toBe(1);
    expect(queue.mailbox(a)).toBe(plain);
    expect([queue.background(a), queue.background(b), queue.background(c)]).toEqual([first, second, undefined]);
    expect(queue.background(undefined)).toBe(third);
    expect([queue.backgroundBeside(a), queue.backgroundBeside(b)]).toEqual([second, first]);
    queue.remove(first);
    expect(queue.backgroundBeside(b)).toBe(third);
    expect(queue.size).toBe(1);
  });

  it('gives up what waits for one mailbox, in order', () => {
    const operations = [operation(a, true), operation(b), operation(a), operation(), operation(a), operation(b, true)];
    const queue = filled(...operations);
    expect(queue.takeMailbox(a)).toEqual([operations[0], operations[2], operations[4]]);
    expect(queue.takeMailbox(a)).toEqual([]);
    expect(queue.size).toBe(2);
    expect(queue.takeAll()).toEqual([operations[1], operations[3], operations[5]]);
    expect(queue.takeAll()).toEqual([]);
    expect([queue.size, queue.general(), queue.mailbox(a)]).toEqual([0, undefined, undefined]);
  });
});

describe('settle', () => {
  it('settles once, and undoes what was set up', () => {
    const done: unknown[] = [];
    const one: Operation = {
      ...operation(),
      release: () => done.push('released'),
      resolve: (value) => done.push(value),
      reject: (error) => done.push(error),
    };
    settle(one, { value: undefined });
    settle(one, { value: 2 });
    settle(one, { error: 3 });
    expect(done).toEqual(['released', undefined]);
  });

  it.each([true, false])('tells a command that ends without its answer, where it was begun: %s', (started) => {
    const done: unknown[] = [];
    const one: Operation = {
      ...operation(),
      command: command('X', {}, { abandoned: (error) => done.push(['abandoned', error]) }),
      started,
      reject: (error) => done.push(['rejected', error]),
    };
    settle(one, { error: 'e' });
    settle(one, { error: 'f' });
    expect(done).toEqual(
      started
        ? [
            ['abandoned', 'e'],
            ['rejected', 'e'],
          ]
        : [['rejected', 'e']],
    );
  });
});
