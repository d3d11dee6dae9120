import { string } from './format.ts';
import type { Session } from './session.ts';

/** A server would look at the clock; here it is always the same. */
const EVERY = 1000;

/** INPROGRESS (RFC 9585), after each thousand of the messages that a command looks at. */
export function reportProgress(session: Session, done: number, goal: number): void {
  if (done === 0 || done % EVERY !== 0 || !session.offers('INPROGRESS')) return;
  session.untagged(`OK [INPROGRESS (${string(session.tag)} ${done} ${goal})] Still at it`);
}
