import { MailboxState } from './mailbox-state.ts';

/** Mailboxes that are remembered though no handle is open on them. */
const SPARE_MAILBOXES = 100;

type Keyed = [key: string, state: MailboxState];

/**
 * By call to leave the user that is under way, the mailboxes that end with him. No field of the class: few clients ever
 * make such a call.
 */
const underWay = new WeakMap<MailboxStates, Keyed[][]>();

/** The mailboxes of a client's user, as far as anybody asked for them. */
export class MailboxStates {
  /**
   * By command and name: so no key is one that every object has, such as `__proto__`. Where there are few it is smaller
   * than a Map.
   */
  #states: Record<string, MailboxState> = {};
  /** How many more may be added before those that nobody has open are dropped. */
  #room = SPARE_MAILBOXES;

  /**
   * One state for all handles of a mailbox that were opened in the same way. The selected mailbox is kept like one that
   * is open.
   */
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

  /**
   * Leaves the user by `leave`, which calls back once he is left. None of his handles can be used from here on, unless he
   * was not left, and no other call is to leave him.
   */
  async leaveUser(leave: (left: () => void) => Promise<void>): Promise<void> {
    const leaves = underWay.get(this) ?? [];
    underWay.set(this, leaves);
    // An earlier call that fails adds its own to these: see #stay().
    const own = Object.entries(this.#states);
    let isLeft = false;
    let isGivenUp = false;
    leaves.push(own);
    this.#states = {};
    mark(own, 'leaving');
    try {
      await leave(() => {
        isLeft = true;
        // The call had failed, and was carried out all the same: what was opened since belonged to the user who was to
        // stay.
        if (isGivenUp) own.push(...Object.entries(this.#states));
        mark(own, 'gone');
        // #stay() may have put them back.
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

  /**
   * The user was not left. His mailboxes end with the next call that is to leave him; without one they can be used
   * again.
   */
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
