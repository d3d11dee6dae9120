import { naming, shown, UsageError } from '../errors.ts';
import { readRunOptions } from '../session/operation.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { type FetchedMessage, type FetchItems, fetchRequest } from '../syntax/fetch-items.ts';
import type { UidSet } from '../wire/uid-set.ts';

/** A message that arrived: its flags, and what the watch was told to fetch. */
export type ArrivedMessage<I extends FetchItems> = FetchedMessage<I & { flags: true }>;

/** What happened in a mailbox, by UID. */
export type MailboxEvent<I extends FetchItems = Record<never, never>> =
  | { type: 'arrived'; messages: ArrivedMessage<I>[] }
  | { type: 'vanished'; uids: UidSet }
  | { type: 'flags'; uid: number; flags: ReadonlySet<string>; modseq?: bigint }
  /** The mailbox is another one under the same name: all UIDs held are void. What it holds is then reported as arrived. */
  | { type: 'reset'; uidValidity: number };

export interface WatchOptions<I extends FetchItems> {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
  /** Fetched of every message that arrives, beside its flags. */
  fetch?: I | undefined;
  /** How often a server is asked that has no IDLE, or refuses it, ms. Default 60_000. */
  pollInterval?: number | undefined;
}

/** The items too, now and not when the first message arrives. */
export function checkWatchOptions(options: WatchOptions<FetchItems>, capabilities: Capabilities): void {
  readRunOptions('watch', { signal: options.signal });
  const { pollInterval = 0, fetch: items = {} } = options;
  naming('watch', () => fetchRequest(items, capabilities));
  if (typeof pollInterval !== 'number' || !(pollInterval >= 0))
    throw new UsageError(`watch: pollInterval is no number of milliseconds: ${shown(pollInterval)}`);
}
