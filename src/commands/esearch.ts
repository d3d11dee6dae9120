import { ImapError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { decodeMailbox } from '../syntax/mailbox.ts';
import { requiredCapabilities, type SearchQuery, writeSearchProgram } from '../syntax/search-key.ts';
import { readExtendedSearch } from '../syntax/search-result.ts';
import { type UidSet, UidSetBuilder } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';

/** Where to search. Several of these add up. */
export interface SearchScope {
  mailboxes?: readonly string[] | undefined;
  /** This mailbox and all below it. */
  subtree?: string | undefined;
  /** All mailboxes that are subscribed to. */
  subscribed?: boolean | undefined;
  /** All mailboxes of the personal namespace. */
  personal?: boolean | undefined;
}

/** Where to search, built up by a program: its names can be changed. `searchMailboxes` takes names `as const`, too. */
export interface OwnSearchScope extends SearchScope {
  mailboxes?: string[] | undefined;
}

/** By mailbox name; mailboxes without a match are left out. */
export type FoundByMailbox = Map<string, { uidValidity: number; uids: UidSet }>;

/** ESEARCH (RFC 7377 §2): one search over several mailboxes. */
export function esearch(query: SearchQuery, scope: SearchScope, connection: ConnectionState): Command<FoundByMailbox> {
  const found = new Map<string, { uidValidity: number; uids: UidSetBuilder }>();
  return {
    name: 'ESEARCH',
    needs: [...requiredCapabilities('ESEARCH', query), 'MULTISEARCH'],
    behaviour: {},
    repeat: () => esearch(query, scope, connection),
    write: (writer) => {
      writeScope(writer.raw(' IN ('), scope);
      writeSearchProgram(writer.raw(') RETURN (ALL) '), query, connection.utf8);
    },
    untagged: {
      ESEARCH: (reader, _, ownTag) => {
        const { tag, mailbox, uidValidity = 0, all } = readExtendedSearch(reader);
        if (tag !== ownTag || mailbox === undefined) return false;
        const name = decodeMailbox(mailbox, connection.utf8);
        if (all === undefined || all.size === 0) return true;
        const uids = found.get(name)?.uids ?? new UidSetBuilder();
        uids.addSet(all);
        found.set(name, { uidValidity, uids });
        return true;
      },
    },
    finish: ({ code }) => {
      // Some of the mailboxes were not searched, or not whole (RFC 7377 §2.4).
      if (code?.name === 'LIMIT' || code?.name === 'MESSAGELIMIT')
        throw new ImapError(code.name, 'The server has not searched all that was asked for');
      return new Map([...found].map(([name, one]) => [name, { ...one, uids: one.uids.build() }]));
    },
  };
}

/**
 * source-mbox      = filter-mailboxes *(SP filter-mailboxes)     (RFC 7377 §4)
 * filter-mailboxes = "personal" / "subscribed" / ("subtree" SP one-or-more-mailbox) / ("mailboxes" SP one-or-more-mailbox) / …     (RFC 5465 §8)
 */
function writeScope(writer: Writer, { mailboxes = [], subtree, subscribed, personal }: SearchScope): void {
  const writes: (() => void)[] = [];
  if (personal) writes.push(() => writer.raw('personal'));
  if (subscribed) writes.push(() => writer.raw('subscribed'));
  if (subtree !== undefined) writes.push(() => writer.raw('subtree ').mailbox(subtree));
  if (mailboxes.length > 0) writes.push(() => writer.raw('mailboxes ').list(mailboxes, (name) => writer.mailbox(name)));
  writer.spaced(writes, (write) => write());
}
