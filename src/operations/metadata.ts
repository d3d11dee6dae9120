import { getAnnotation } from '../commands/getannotation.ts';
import { getMetadata, type MetadataOptions } from '../commands/getmetadata.ts';
import { setAnnotation } from '../commands/setannotation.ts';
import { setMetadata } from '../commands/setmetadata.ts';
import { UsageError } from '../errors.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { MetadataValues } from '../syntax/metadata.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { OptionsTaken } from './method-options.ts';

/** Values by the names that were asked for, null where there is none. */
export type Metadata = MetadataValues & {
  /** `maxSize` left values out: the size of the longest of them, bytes (RFC 5464 §4.2.1). */
  longEntries?: number;
};

/**
 * Annotations of mailboxes, and of the server (mailbox ''): METADATA or, for the server alone, METADATA-SERVER (RFC 5464),
 * else ANNOTATEMORE. Without these each rejects with a UsageError. Entries are `/private/…` (this user's) or `/shared/…`.
 */
export interface MetadataCommands {
  /** GETMETADATA */
  get(
    mailbox: string,
    entries: string | readonly string[],
    options?: OperationOptions & MetadataOptions,
  ): Promise<Metadata>;
  /** SETMETADATA: all or none of them. null removes an entry. */
  set(mailbox: string, entries: Record<string, string | Uint8Array | null>, options?: OperationOptions): Promise<void>;
}

/** What these methods take for options. */
export const METADATA_OPTIONS: Readonly<Record<keyof MetadataCommands, OptionsTaken>> = {
  get: { at: 2, others: ['depth', 'maxSize'] },
  set: { at: 2 },
};

export function metadataCommands(session: Link): MetadataCommands {
  return {
    get: (mailbox, entries, options = {}) =>
      entriesOf(session, mailbox, typeof entries === 'string' ? [entries] : entries, options),
    set: async (mailbox, entries, options) => {
      const name = canonicalMailboxName(mailbox);
      const set = isLegacy(session, name) ? setAnnotation : setMetadata;
      await session.run(set(name, entries), options);
    },
  };
}

/** See MetadataCommands.get. */
export async function entriesOf(
  session: Link,
  mailbox: string,
  entries: readonly string[],
  { depth = 0, maxSize, ...options }: OperationOptions & MetadataOptions,
): Promise<Metadata> {
  const name = canonicalMailboxName(mailbox);
  const ask = isLegacy(session, name) ? getAnnotation : getMetadata;
  const asked = { depth, ...(maxSize === undefined ? {} : { maxSize }) };
  const { values, longEntries } = await session.run(ask(name, entries, asked, session.state), options);
  const found: Metadata = asAsked(values, entries, depth !== 0);
  if (longEntries !== undefined) return Object.assign(found, { longEntries });
  if (depth === 0) for (const entry of entries) if (!found.has(entry)) found.set(entry, null);
  return found;
}

/** Entry names are case-insensitive (RFC 5464 §3.1): a caller finds them as they were asked for. `others`: those too that were not. */
function asAsked(values: MetadataValues, entries: readonly string[], others: boolean): MetadataValues {
  const spelling = new Map(entries.map((entry) => [entry.toLowerCase(), entry]));
  const found: MetadataValues = new Map();
  for (const [entry, value] of values) {
    const spelled = spelling.get(entry.toLowerCase());
    if (spelled !== undefined || others) found.set(spelled ?? entry, value);
  }
  return found;
}

/** What came with LIST, with null for the entries that a mailbox has not. */
export function listedEntries(values: MetadataValues, entries: readonly string[]): MetadataValues {
  const found = asAsked(values, entries, false);
  return new Map(entries.map((entry) => [entry, found.get(entry) ?? null]));
}

/** True where ANNOTATEMORE is all there is. */
function isLegacy({ state: { capabilities } }: Link, mailbox: string): boolean {
  if (capabilities.has('METADATA')) return false;
  // FILTERS brings the commands for the server's own entries, where a filter is one (RFC 5466 §3.2).
  if (mailbox === '' && (capabilities.has('METADATA-SERVER') || capabilities.has('FILTERS'))) return false;
  if (capabilities.has('ANNOTATEMORE')) return true;
  throw new UsageError('METADATA: the server does not offer it, nor ANNOTATEMORE', 'MISSING_CAPABILITY');
}

/** Throws where mailboxes have no metadata here. */
export function requireMetadata(session: Link): void {
  isLegacy(session, 'INBOX');
}
