import type { Link } from './link.ts';
import { MailboxState } from './mailbox-state.ts';

/** Mailboxes that are remembered though no handle is open on them. */
const SPARE_MAILBOXES = 100;

/** The mailboxes of a client's user, as far as anybody asked for them. */
export class MailboxStates {
  readonly #session: Link;
  /** By how and what was selected: no key is one that every object has. Smaller than a Map, where there are few. */
  #states: Record<string, MailboxState> = {};
  /** How many more may be added before those are let go of that nobody has open. */
  #room = SPARE_MAILBOXES;

  constructor(session: Link) {
    this.#session = session;
  }

  /** One state for all handles of a mailbox that were opened in the same way. */
  of(name: string, readOnly: boolean): MailboxState {
    const key = `${readOnly ? 'EXAMINE' : 'SELECT'} ${name}`;
    const known = this.#states[key];
    if (known !== undefined) return known;
    if (this.#room-- === 0) this.#letGo();
    const state = new MailboxState(name, readOnly);
    this.#states[key] = state;
    return state;
  }

  #letGo(): void {
    const { selected } = this.#session.state;
    const open = Object.entries(this.#states).filter(([, one]) => one.handles > 0 || one === selected);
    this.#states = Object.fromEntries(open);
    this.#room = SPARE_MAILBOXES + open.length;
  }

  /** `leave` calls back once the user is left. No handle goes on with mailboxes of the next user, unless there is none. */
  async leaveUser(leave: (left: () => void) => Promise<void>): Promise<void> {
    const states = this.#states;
    const all = Object.entries(states);
    const close = (left: boolean) => {
      for (const [, state] of all) state.left = left;
    };
    let isLeft = false;
    this.#states = {};
    close(true);
    try {
      await leave(() => {
        isLeft = true;
        close(true);
        for (const [, state] of all) state.gone = true;
        // Put back by a call that was given up, and was carried out all the same.
        for (const [key, state] of all) if (this.#states[key] === state) delete this.#states[key];
      });
    } catch (error) {
      if (!isLeft) {
        close(false);
        this.#states = { ...states, ...this.#states };
      }
      throw error;
    }
  }
}
