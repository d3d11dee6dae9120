import { search } from '../commands/search.ts';
import { missingCapability, withParts } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { checkArguments } from '../session/write-operation.ts';
import { ofThisSession, type SearchQuery } from '../syntax/search-key.ts';
import { formatMessageSet, type MessageSet, upwards } from '../wire/sequence-set.ts';
import { parseUidSet, UidSet } from '../wire/uid-set.ts';
import type { Run } from './message-limit.ts';
import { isUids, namesLast } from './message-sets.ts';

/**
 * Tolerance: GNU Mailutils takes a UID above all others for the last message's, refuses a set with one that was expunged
 * (`BAD UID STORE Failed to parse message set`), takes sequence numbers for UIDs and UIDs for sequence numbers in UID SEARCH,
 * and its answers to UID STORE name wrong UIDs. Only `UID SEARCH ALL` tells which messages there are: sets are worked out
 * here from that, and no command names another message.
 */
export function misreadsSets({ server }: ConnectionState): boolean {
  return server === 'Mailutils';
}

/**
 * Whether a search has to be put together here, for the sets in it: see misreadsSets. Tolerance: `*` in SEARCH finds nothing
 * on Courier, and by UID on Cyrus once the last message was expunged, for it goes on being that one's UID. For the keywords
 * in it: see withoutKeywords.
 */
export function misreadsQuery(connection: ConnectionState, query: SearchQuery): boolean {
  const { server } = connection;
  if (server !== 'Mailutils' && server !== 'Courier' && server !== 'Cyrus') return false;
  const whole = search(query, connection);
  checkArguments(whole);
  if (missingCapability(whole, connection.capabilities) !== undefined) return false;
  if (server !== 'Mailutils') return holdsSet(query, holdsLast);
  return holdsSet(query) || holds(query, ({ keyword, notKeyword }) => (keyword ?? notKeyword) !== undefined);
}

/** What a query finds whose sets or keywords the server misreads. */
export async function searchBySets(run: Run, connection: ConnectionState, query: SearchQuery): Promise<number[]> {
  const listing = search({}, connection);
  // Its answer is what tells here which message a sequence number means: that of another session tells another.
  const own = { behaviour: { ...listing.behaviour, sequenceNumbers: true as const }, repeat: () => undefined };
  const all = await run(ofThisSession(query) ? withParts<number[]>(listing, own) : listing);
  const plain = async (keys: SearchQuery) => UidSet.from(await run(search(keys, connection)));
  return [...(await found(connection.server === 'Mailutils' ? withoutKeywords(query) : query, all, plain))];
}

/** Tolerance: Mailutils keeps no keywords. It takes KEYWORD for RECENT, and ends the connection at UNKEYWORD. */
function withoutKeywords({ keyword, notKeyword, and = [], or, not = [], ...keys }: SearchQuery): SearchQuery {
  if (keyword !== undefined) return { uid: [] };
  return {
    ...keys,
    and: and.map(withoutKeywords),
    not: [not].flat().map(withoutKeywords),
    ...(or === undefined ? {} : { or: or.map(withoutKeywords) }),
  };
}

/** A settled set without the UIDs that are not there. */
export async function existing(run: Run, connection: ConnectionState, set: MessageSet): Promise<MessageSet> {
  if (!isUids(set) || set === '1:*' || set === '$') return set;
  return membersOf(set, await run(search({}, connection))).toString();
}

function holdsSet(query: SearchQuery, misread: (set: MessageSet) => boolean = () => true): boolean {
  const misreadIn = ({ uid, seq }: SearchQuery) =>
    (uid !== undefined && misread(uid)) || (seq !== undefined && misread({ seq }));
  return holds(query, misreadIn);
}

function holds(query: SearchQuery, test: (one: SearchQuery) => boolean): boolean {
  const { and = [], or = [], not = [] } = query;
  return test(query) || [and, or, not].flat(2).some((inner) => holds(inner, test));
}

function holdsLast(set: MessageSet): boolean {
  const { uid, text } = formatMessageSet(set);
  return namesLast(uid ? upwards(text) : text);
}

async function found(
  query: SearchQuery,
  all: readonly number[],
  plain: (keys: SearchQuery) => Promise<UidSet>,
): Promise<UidSet> {
  if (!holdsSet(query)) return plain(query);
  const { uid, seq, and = [], or, not = [], ...keys } = query;
  const inner = (one: SearchQuery) => found(one, all, plain);
  const parts: UidSet[] = [];
  if (uid !== undefined) parts.push(membersOf(uid, all));
  if (seq !== undefined) parts.push(membersOf({ seq }, all));
  if (Object.keys(keys).length > 0) parts.push(await plain(keys));
  for (const one of and) parts.push(await inner(one));
  if (or !== undefined) parts.push((await Promise.all(or.map(inner))).reduce((a, b) => a.union(b)));
  for (const one of [not].flat()) parts.push(UidSet.from(all).subtract(await inner(one)));
  return parts.reduce((a, b) => a.intersect(b));
}

/** By UID, in a mailbox of these messages. */
function membersOf(set: MessageSet, all: readonly number[]): UidSet {
  const { uid, text } = formatMessageSet(set);
  const last = uid ? (all.at(-1) ?? 0) : all.length;
  if (last === 0 || text === '') return UidSet.empty;
  const named = parseUidSet((uid ? upwards(text) : text).replaceAll('*', String(last)));
  return uid ? UidSet.from(all).intersect(named) : UidSet.from(all.filter((_, index) => named.has(index + 1)));
}
