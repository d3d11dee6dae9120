import { describe, expect, it } from 'vitest';
import type { MailboxState } from '../../../src/session/mailbox-state.ts';
import { MailboxStates } from '../../../src/session/mailbox-states.ts';
import { turn } from './dialogue.ts';

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

const stands = ({ user }: MailboxState) => user;

function stateOf(states: MailboxStates, name: string, readOnly = false): MailboxState {
  return states.of(name, readOnly, undefined);
}

/** The mailboxes of a user, and the one that was opened `before` he is left. */
function setUp() {
  const states = new MailboxStates();
  return { states, before: stateOf(states, 'a') };
}

describe('MailboxStates', () => {
  it('has one state for a mailbox, and another where it is only read', () => {
    const states = new MailboxStates();
    expect(stateOf(states, 'a')).toBe(stateOf(states, 'a'));
    expect(stateOf(states, 'a', true)).not.toBe(stateOf(states, 'a'));
    expect(stateOf(states, '__proto__', true)).toMatchObject({ name: '__proto__', readOnly: true });
  });

  it('lets go of those that nobody has open, once they are many', () => {
    const states = new MailboxStates();
    const open = stateOf(states, 'open');
    open.handles = 1;
    const spare = stateOf(states, 'spare');
    for (let number = 0; number < 98; number++) stateOf(states, String(number));
    expect(stateOf(states, 'spare')).toBe(spare);
    stateOf(states, 'one more');
    expect(stateOf(states, 'spare')).not.toBe(spare);
    expect(stateOf(states, 'open')).toBe(open);
  });

  it('has none of the user who was left', async () => {
    const { states, before } = setUp();
    const leave = leaving(states);
    const next = stateOf(states, 'a');
    expect([before, next].map(stands)).toEqual(['leaving', 'here']);
    leave.left();
    await leave.done();
    expect([before, next].map(stands)).toEqual(['gone', 'here']);
    expect(stateOf(states, 'a')).toBe(next);
  });

  it('keeps those of a user who stays', async () => {
    const { states, before } = setUp();
    const leave = leaving(states);
    await leave.refuse();
    expect(stands(before)).toBe('here');
    expect(stateOf(states, 'a')).toBe(before);
  });

  it('has none of a user who was left behind the first that was refused', async () => {
    const { states, before } = setUp();
    const first = leaving(states);
    const second = leaving(states);
    await first.refuse();
    expect(stands(before)).toBe('leaving');
    second.left();
    await second.done();
    expect(stands(before)).toBe('gone');
    expect(stateOf(states, 'a')).not.toBe(before);
  });

  it('keeps those of a user whom several calls have not left', async () => {
    const { states, before } = setUp();
    const calls = [leaving(states), leaving(states), leaving(states)];
    for (const one of [1, 0, 2]) await calls[one]?.refuse();
    expect(stands(before)).toBe('here');
    expect(stateOf(states, 'a')).toBe(before);
  });

  it('has none of a user who was left by a call that was given up, not even those that were opened since', async () => {
    const { states, before } = setUp();
    const leave = leaving(states);
    await leave.refuse();
    const since = stateOf(states, 'b');
    leave.left();
    expect([before, since].map(stands)).toEqual(['gone', 'gone']);
    expect(stateOf(states, 'a')).not.toBe(before);
    expect(stateOf(states, 'b')).not.toBe(since);
  });

  it('brings none back of a user who was left by a call that was given up, where the next one is refused', async () => {
    const { states, before } = setUp();
    const [first, second] = [leaving(states), leaving(states)];
    await first.refuse();
    first.left();
    await second.refuse();
    expect(stands(before)).toBe('gone');
    expect(stateOf(states, 'a')).not.toBe(before);
  });
});
