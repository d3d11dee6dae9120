import { MailboxState } from './mailbox-state.ts';

/** Mailboxes that are remembered though no handle is open on them. */
const SPARE_MAILBOXES = 100;

type Keyed = [key: string, state: MailboxState];

/** What each of the calls to leave a user leaves with him, while they are under way. Apart: few clients ever make one. */
const underWay = new WeakMap<MailboxStates, Keyed[][]>();

/** The mailboxes of a client's user, as far as anybody asked for them. */
export class MailboxStates {
  /** By how and what was selected: no key is one that every object has. Smaller than a Map, where there are few. */
  #states: Record<string, MailboxState> = {};
  /** How many more may be added before those are let go of that nobody has open. */
  #room = SPARE_MAILBOXES;

  /** One state for all handles of a mailbox that were opened in the same way. The selected one is kept as those that are open. */
  of(name: string, readOnly: boolean, selected: MailboxState | undefined): MailboxState {
    const key = `${readOnly ? 'EXAMINE' : 'SELECT'} ${name}`;
    const known = this.#states[key];
    if (known !== undefined) return known;
    if (this.#room-- === 0) this.#letGo(selected);
    const state = new MailboxState(name, readOnly);
    this.#states[key] = state;
    return state;
  }

  #letGo(selected: MailboxState | undefined): void {
    const open = Object.entries(this.#states).filter(([, one]) => one.handles > 0 || one === selected);
    this.#states = Object.fromEntries(open);
    this.#room = SPARE_MAILBOXES + open.length;
  }

  /** `leave` calls back once the user is left. No handle goes on with mailboxes of the next user, unless there is none. */
  async leaveUser(leave: (left: () => void) => Promise<void>): Promise<void> {
    const leaves = underWay.get(this) ?? [];
    underWay.set(this, leaves);
    // With those that an earlier one hands over.
    const own = Object.entries(this.#states);
    let isLeft = false;
    let isGivenUp = false;
    leaves.push(own);
    this.#states = {};
    mark(own, 'leaving');
    try {
      await leave(() => {
        isLeft = true;
        // What was opened since it was given up is of the user who was to stay.
        if (isGivenUp) own.push(...Object.entries(this.#states));
        mark(own, 'gone');
        // Put back by a call that was given up, and was carried out all the same.
        for (const [key, state] of own) if (this.#states[key] === state) delete this.#states[key];
      });
    } catch (error) {
      isGivenUp = true;
      if (!isLeft) this.#stay(own, leaves[leaves.indexOf(own) + 1]);
      throw error;
    } finally {
      leaves.splice(leaves.indexOf(own), 1);
    }
  }

  /** A user was not left: the next call that is to leave one leaves him. */
  #stay(own: readonly Keyed[], next: Keyed[] | undefined): void {
    if (next !== undefined) {
      next.unshift(...own);
      return;
    }
    const staying = own.filter(([, { user }]) => user !== 'gone');
    mark(staying, 'here');
    this.#states = { ...Object.fromEntries(staying), ...this.#states };
  }
}

function mark(states: readonly Keyed[], user: MailboxState['user']): void {
  for (const [, state] of states) state.user = user;
}
