import { casemapKey } from './casemap.ts';
import { type Entry, type ThreadableMessage, threadByReferences } from './references.ts';
import { compare, sentDate } from './sort.ts';
import { baseSubject } from './subject.ts';

export type { ThreadableMessage } from './references.ts';

export type ThreadAlgorithm = 'REFERENCES' | 'ORDEREDSUBJECT' | 'REFS';

/** `uid` is absent for a message that is missing from the result but joins its replies. */
export interface Thread {
  uid?: number;
  children: Thread[];
}

/**
 * Threads as the THREAD command gives them (RFC 5256 §3, and draft-ietf-morg-inthread §4 for REFS). Mailbox order is
 * the order of the UIDs. Threads may be as deep as there are messages: walk them without recursion.
 */
export function threadMessages(algorithm: ThreadAlgorithm, messages: Iterable<ThreadableMessage>): Thread[] {
  const ordered = [...messages].sort((a, b) => a.uid - b.uid);
  if (algorithm === 'ORDEREDSUBJECT') return threadBySubject(ordered);
  return toThreads(threadByReferences(ordered, algorithm));
}

/**
 * ORDEREDSUBJECT: messages with the same base subject are a thread, in the order of their sent dates; all others are
 * children of the first.
 */
function threadBySubject(messages: ThreadableMessage[]): Thread[] {
  const byDate = messages.map((message) => ({ message, date: sentDate(message) }));
  // The sort is stable: mailbox order decides between equal dates.
  byDate.sort((a, b) => compare(a.date, b.date));
  const threads = new Map<string, Thread>();
  for (const { message } of byDate) {
    const subject = casemapKey(baseSubject(message.subject ?? '').text);
    const thread = threads.get(subject);
    if (thread) thread.children.push({ uid: message.uid, children: [] });
    else threads.set(subject, { uid: message.uid, children: [] });
  }
  return [...threads.values()];
}

function toThreads(roots: readonly Entry[]): Thread[] {
  const threads: Thread[] = [];
  const waiting: { entries: readonly Entry[]; into: Thread[] }[] = [{ entries: roots, into: threads }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const entry of next.entries) {
      const thread: Thread = { children: [] };
      if (entry.message) thread.uid = entry.message.uid;
      next.into.push(thread);
      if (entry.children.length > 0) waiting.push({ entries: entry.children, into: thread.children });
    }
  }
  return threads;
}
