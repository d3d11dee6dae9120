import { logout } from '../commands/logout.ts';
import { UsageError } from '../errors.ts';
import type { Link } from '../session/link.ts';

/**
 * Calls that may take several commands, one after the other: between two of them the session knows nothing of the call,
 * and half of it is worse than none.
 */
const underWay = new WeakMap<Link, Set<Promise<unknown>>>();

/** Those that were told to log out. */
const leaving = new WeakSet<Link>();

/** Has logging out wait for this, too. */
export async function beforeLogout<Result>(link: Link, work: Promise<Result>): Promise<Result> {
  const others = underWay.get(link) ?? new Set();
  underWay.set(link, others);
  others.add(work);
  try {
    return await work;
  } finally {
    others.delete(work);
  }
}

/** Throws once the client was told to log out: if it went on to take calls, there might be no end of them. */
export function requireStaying(link: Link, name: string): void {
  if (leaving.has(link) && !link.closed) throw new UsageError(`${name}: the client was told to log out`, 'CLOSED');
}

/** Ends the session in order: calls that are under way come to their end first. */
export async function logOut(link: Link): Promise<void> {
  const calls = endCalls(link);
  if (calls !== undefined) await calls;
  // Without a connection there is nobody to say goodbye to.
  if (link.reconnecting) return;
  const done = link.run(logout());
  link.end();
  await done;
}

/** No call is taken from here on. Resolves when none is under way any more; undefined where none is. */
export function endCalls(link: Link): Promise<void> | undefined {
  leaving.add(link);
  const works = underWay.get(link);
  return works === undefined || works.size === 0 ? undefined : Promise.allSettled(works).then(() => endCalls(link));
}
