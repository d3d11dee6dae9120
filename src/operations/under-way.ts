import type { Link } from '../session/link.ts';

/**
 * What may take several commands, one after the other: between two of them the session knows nothing of it, and what is
 * done by half is worse than not done.
 */
const underWay = new WeakMap<Link, Set<Promise<unknown>>>();

/** Has logging out wait for this, too. */
export async function inSteps<Result>(link: Link, work: Promise<Result>): Promise<Result> {
  const others = underWay.get(link) ?? new Set();
  underWay.set(link, others);
  others.add(work);
  try {
    return await work;
  } finally {
    others.delete(work);
  }
}

/** Resolves when nothing of it is under way any more; undefined where nothing is. */
export function stepsDone(link: Link): Promise<void> | undefined {
  const works = underWay.get(link);
  return works === undefined || works.size === 0 ? undefined : Promise.allSettled(works).then(() => stepsDone(link));
}
