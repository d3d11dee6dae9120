import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import { type OperationOptions, readRunOptions } from '../session/operation.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import { beforeLogout } from './before-logout.ts';
import { waitFor } from './early-end.ts';
import { userLeft } from './while-user-stays.ts';

/** Where a call expunges, and its end. */
interface Turn {
  readonly mailbox: MailboxState;
  readonly over: Promise<unknown>;
}

/** Of one mailbox, the calls under way that expunge without UIDPLUS, and those that must not come between their commands. */
interface Turns {
  readonly name: string;
  /** The last of the calls that take turns. */
  last: Turn | undefined;
  /** The others that were called for behind that one: they go side by side. */
  readonly beside: Set<Promise<unknown>>;
}

/** By the names of mailboxes. */
const turns = new WeakMap<Link, Map<string, Turns>>();

export function hasUidPlus({ state }: Link): boolean {
  return state.capabilities.has('UIDPLUS');
}

/** Whether \Deleted is among a caller's flags. */
export function marks(flags: unknown): boolean {
  return Array.isArray(flags) && flags.some((flag) => typeof flag === 'string' && /^\\Deleted$/i.test(flag));
}

/**
 * Without UIDPLUS one at a time on each mailbox: each takes the mark off messages that others are to remove, and what these
 * put their mark back on would go with its own.
 */
export async function inTurn<Result>(
  { session, mailbox }: MailboxHandle,
  name: string,
  options: OperationOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  if (hasUidPlus(session)) return work();
  const limits = readRunOptions(name, options);
  const own = turnsOn(session, mailbox.name);
  const before = [...own.beside];
  if (own.last !== undefined) before.push(own.last.over);
  const turn = before.length === 0 ? work() : waitFor(() => Promise.allSettled(before), name, limits).then(work);
  // One that gives up its turn is over before those that it waited for.
  const over = Promise.allSettled([...before, turn]).then(() => {
    if (own.last?.over === over) own.last = undefined;
    leave(session, own);
  });
  own.last = { mailbox, over };
  own.beside.clear();
  return turn;
}

/**
 * What brings marked messages into mailboxes, marks some there, or takes their flags elsewhere: without UIDPLUS it comes before
 * or behind those that take turns there, which remove what is marked meanwhile, and have taken the mark off others. Waits for
 * all of the mailboxes at once: what has one and waits for the other might wait for ever. Not for a server that has UIDPLUS.
 */
export function besideTurns<Result>(
  session: Link,
  mailboxes: readonly string[],
  name: string,
  options: OperationOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  const all = [...new Set(mailboxes.map((mailbox) => turnsOn(session, mailbox)))];
  const last = all.flatMap((one) => one.last ?? []);
  const call = last.length === 0 ? work() : beforeLogout(session, behind(last, name, options, work));
  const over = call
    .catch(() => {})
    .then(() => {
      for (const own of all) {
        own.beside.delete(over);
        leave(session, own);
      }
    });
  for (const own of all) own.beside.add(over);
  return call;
}

async function behind<Result>(
  last: readonly Turn[],
  name: string,
  options: OperationOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  await waitFor(() => Promise.all(last.map(({ over }) => over)), name, readRunOptions(name, options));
  // Else it would be done for the user who was let in meanwhile.
  if (last.some(({ mailbox }) => mailbox.left)) throw userLeft(name);
  return work();
}

function turnsOn(session: Link, mailbox: string): Turns {
  const name = canonicalMailboxName(mailbox);
  const all = turns.get(session) ?? new Map<string, Turns>();
  turns.set(session, all);
  const known = all.get(name);
  if (known !== undefined) return known;
  const own: Turns = { name, last: undefined, beside: new Set() };
  all.set(name, own);
  return own;
}

function leave(session: Link, own: Turns): void {
  const all = turns.get(session);
  if (own.last === undefined && own.beside.size === 0 && all?.get(own.name) === own) all.delete(own.name);
}
