import { describe, expect, it } from 'vitest';
import type { MailboxState } from '../../../src/session/mailbox-state.ts';
import { MailboxStates } from '../../../src/session/mailbox-states.ts';
import { Dialogue, turn } from './dialogue.ts';

/** A call to leave the user that is under way, in the test's hand. */
function leaving(states: MailboxStates) {
  let left = () => {};
  let refuse = (_: Error) => {};
  let done = () => {};
  const call = states.leaveUser((told) => {
    left = told;
    return new Promise<void>((resolve, reject) => {
      refuse = reject;
      done = resolve;
    });
  });
  call.catch(() => {});
  return {
    left: () => left(),
    async refuse() {
      refuse(new Error('no'));
      await turn();
    },
    async done() {
      done();
      await turn();
    },
  };
}

function made(): MailboxStates {
  return new MailboxStates(Dialogue.ready().session);
}

function stands({ left, gone }: MailboxState): string {
  return gone ? 'gone' : left ? 'left' : 'there';
}

describe('MailboxStates', () => {
  it('has one state for a mailbox, and another where it is only read', () => {
    const states = made();
    expect(states.of('a', false)).toBe(states.of('a', false));
    expect(states.of('a', true)).not.toBe(states.of('a', false));
    expect(states.of('__proto__', true)).toMatchObject({ name: '__proto__', readOnly: true });
  });

  it('lets go of those that nobody has open, once they are many', () => {
    const states = made();
    const open = states.of('open', false);
    open.handles = 1;
    const spare = states.of('spare', false);
    for (let number = 0; number < 98; number++) states.of(String(number), false);
    expect(states.of('spare', false)).toBe(spare);
    states.of('one more', false);
    expect(states.of('spare', false)).not.toBe(spare);
    expect(states.of('open', false)).toBe(open);
  });

  it('has none of the user who was left', async () => {
    const states = made();
    const before = states.of('a', false);
    const leave = leaving(states);
    const next = states.of('a', false);
    expect([before, next].map(stands)).toEqual(['left', 'there']);
    leave.left();
    await leave.done();
    expect([before, next].map(stands)).toEqual(['gone', 'there']);
    expect(states.of('a', false)).toBe(next);
  });

  it('keeps those of a user who stays', async () => {
    const states = made();
    const before = states.of('a', false);
    const leave = leaving(states);
    await leave.refuse();
    expect(stands(before)).toBe('there');
    expect(states.of('a', false)).toBe(before);
  });

  it('has none of a user who was left behind the first that was refused', async () => {
    const states = made();
    const before = states.of('a', false);
    const first = leaving(states);
    const second = leaving(states);
    await first.refuse();
    expect(stands(before)).toBe('left');
    second.left();
    await second.done();
    expect(stands(before)).toBe('gone');
    expect(states.of('a', false)).not.toBe(before);
  });

  it('keeps those of a user whom several calls have not left', async () => {
    const states = made();
    const before = states.of('a', false);
    const calls = [leaving(states), leaving(states), leaving(states)];
    for (const one of [1, 0, 2]) await calls[one]?.refuse();
    expect(stands(before)).toBe('there');
    expect(states.of('a', false)).toBe(before);
  });

  it('has none of a user who was left by a call that was given up, not even those that were opened since', async () => {
    const states = made();
    const before = states.of('a', false);
    const leave = leaving(states);
    await leave.refuse();
    const since = states.of('b', false);
    leave.left();
    expect([before, since].map(stands)).toEqual(['gone', 'gone']);
    expect(states.of('a', false)).not.toBe(before);
    expect(states.of('b', false)).not.toBe(since);
  });

  it('brings none back of a user who was left by a call that was given up, where the next one is refused', async () => {
    const states = made();
    const before = states.of('a', false);
    const [first, second] = [leaving(states), leaving(states)];
    await first.refuse();
    first.left();
    await second.refuse();
    expect(stands(before)).toBe('gone');
    expect(states.of('a', false)).not.toBe(before);
  });
});
