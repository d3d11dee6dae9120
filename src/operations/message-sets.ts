import { news } from '../commands/selection.ts';
import { ImapError, naming, shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { type Command, withParts } from '../session/command.ts';
import { type RunOptions, readRunOptions } from '../session/operation.ts';
import { notExecuted } from '../session/outcome.ts';
import { staleNumbers } from '../session/scheduler.ts';
import type { ConnectionState } from '../session/state.ts';
import { isSound } from '../session/write-operation.ts';
import { mapNumbers, type SearchQuery } from '../syntax/search-key.ts';
import {
  formatMessageSet,
  isMessageNumber,
  type MessageSet,
  setBelow,
  splitSet,
  upwards,
} from '../wire/sequence-set.ts';
import { parseUidSet, UidSet } from '../wire/uid-set.ts';
import { beforeLogout } from './before-logout.ts';

/** Servers limit the length of a command line; 8192 octets is what clients are to keep to (RFC 7162 §4). */
export const LONGEST_SET = 8000;
/** Yahoo and UW hold one argument of a command in a buffer of 1024 octets (MailKit). */
const SHORT_SET = 1000;

/**
 * The set so that it can be used several times: an iterable is read once, its mistakes are found before anything is
 * sent, and `n:*` of UIDs means those from n on.
 */
export function settled(set: MessageSet, command: string): MessageSet {
  if (isMessageNumber(set)) return set;
  const { uid, text } = naming(command, () => formatMessageSet(set));
  return uid ? upwards(text) : { seq: text };
}

/**
 * Throws UsageError for more than one message: all of a set would be fetched for its first. The number may be a text,
 * `*` too.
 */
export function requireOne(message: number | { seq: number }): void {
  const bySequence = typeof message === 'object' && message !== null && 'seq' in message;
  const number: unknown = bySequence ? message.seq : message;
  if (typeof number === 'number' || (typeof number === 'string' && /^(?:\d+|\*)$/.test(number))) return;
  throw new UsageError(
    `fetchOne: one message is named by ${bySequence ? '{ seq }' : 'its UID'}, not by ${shown(number)}`,
  );
}

/** True for a set that names no message: sequence numbers name none in an empty mailbox, where some servers answer BAD (Dovecot). */
export function isEmpty(set: MessageSet, exists = 1): boolean {
  if (isUids(set)) return set === '';
  return set.seq === '' || exists === 0;
}

/**
 * A settled set without the sequence numbers above the last message: `n:*` would name that one (RFC 3501 §9), and servers
 * answer BAD to others. Whether messages have come since is asked before; undefined where there is nothing to ask.
 */
function withinMailbox(
  handle: MailboxHandle,
  set: MessageSet,
  command: string,
  options: RunOptions,
): Promise<MessageSet> | undefined {
  if (isUids(set) || typeof set.seq !== 'string') return undefined;
  return largestOf(set.seq) > handle.mailbox.exists ? withoutBeyond(handle, set.seq, command, options) : undefined;
}

function largestOf(text: string): number {
  return Number(/(\d+)\D*$/.exec(text)?.[1] ?? 0);
}

/**
 * Calls `work` with the messages of a settled set that are within the mailbox; resolves to undefined where it names
 * none. `ask` makes the command, of any set. Logging out waits until the work has begun, and not for its end: that may
 * wait for the loop that logs out.
 */
export async function withMessages<Result>(
  handle: MailboxHandle,
  messages: MessageSet,
  command: string,
  options: RunOptions,
  ask: (messages: MessageSet) => Command<unknown>,
  work: (messages: MessageSet) => Promise<Result>,
): Promise<Result | undefined> {
  if (isEmpty(messages, handle.mailbox.exists)) {
    await sendNothing(handle, ask(1), options);
    return undefined;
  }
  const within = withinMailbox(handle, messages, command, options);
  if (within === undefined) return work(messages);
  const begun = within.then((set) => ({
    done: withMessages(handle, settled(set, command), command, options, ask, work),
  }));
  return (await beforeLogout(handle.session, begun)).done;
}

/**
 * For a set that names no message. A mistake in the call is told all the same: so a program is told of it on its first
 * run, whatever the mailbox holds.
 */
async function sendNothing(handle: MailboxHandle, command: Command<unknown>, options: RunOptions): Promise<void> {
  handle.requireOpen(command.name);
  const { signal } = readRunOptions(command.name, options);
  const { session } = handle;
  if (isSound(command, session.state) && !session.closed && !signal?.aborted) return;
  // The session says why.
  await handle.run(withParts(command, { unsent: true }), options);
}

/**
 * Calls `work` with a query whose sequence numbers are within the mailbox: at once where the server need not be asked.
 * Throws UsageError for what is no query.
 */
export function withQuery<Result>(
  handle: MailboxHandle,
  query: SearchQuery,
  command: string,
  options: RunOptions,
  work: (query: SearchQuery) => Promise<Result>,
): Promise<Result> {
  let largest = 0;
  const named = naming(command, () =>
    mapNumbers(query, (text) => {
      largest = Math.max(largest, largestOf(text));
      return text;
    }),
  );
  if (largest <= handle.mailbox.exists) return work(named);
  const found = askForArrivals(handle, command, options).then(() =>
    work(mapNumbers(named, (text) => numbersWithin(text, handle.mailbox.exists))),
  );
  return beforeLogout(handle.session, found);
}

async function withoutBeyond(
  handle: MailboxHandle,
  text: string,
  command: string,
  options: RunOptions,
): Promise<MessageSet> {
  await askForArrivals(handle, command, options);
  const left = numbersWithin(text, handle.mailbox.exists);
  return left === '' ? [] : { seq: left };
}

async function askForArrivals(
  handle: MailboxHandle,
  command: string,
  { numbering = handle.mailbox.numberings, ...options }: RunOptions,
): Promise<void> {
  const { mailbox } = handle;
  handle.requireOpen(command);
  if (mailbox.numberings === numbering)
    await handle.run(news(), options).catch((error) => {
      throw notExecuted(error);
    });
  if (mailbox.numberings !== numbering) throw staleNumbers(command, mailbox);
}

export function numbersWithin(text: string, exists: number): string {
  if (largestOf(text) <= exists) return text;
  const left = setBelow(text, exists + 1);
  // A `*` by itself is the last message, whichever that is.
  return /(?:^|,)\*$/.test(text) ? `${left},*`.replace(/^,/, '') : left;
}

export function isUids(set: MessageSet): set is number | string | Iterable<number> {
  return typeof set !== 'object' || !('seq' in set);
}

/**
 * A settled set in pieces that fit a command line each. Sequence numbers stay together: what one command removes would
 * move them for the next.
 */
export function piecesOf(set: MessageSet, connection: ConnectionState): MessageSet[] {
  if (typeof set !== 'string' || fitsLine(set, connection)) return [set];
  return splitSet(set, longestSet(connection));
}

export function fitsLine(set: string, connection: ConnectionState): boolean {
  return set.length <= SHORT_SET || set.length <= longestSet(connection);
}

function longestSet({ server }: ConnectionState): number {
  return server === 'Yahoo' || server === 'UW' ? SHORT_SET : LONGEST_SET;
}

/** A query for the messages of a set. */
export function keyOf(set: MessageSet): SearchQuery {
  return isUids(set) ? { uid: set } : { seq: set.seq };
}

/**
 * Of what a search for a set found, the messages that the set names: what else a server finds must not be touched for it. Throws
 * where it found more than sequence numbers, or `*`, can mean: nothing tells which of them are meant.
 */
export function namedBy(set: MessageSet, found: number[]): number[] {
  const { uid, text } = formatMessageSet(set);
  if (text === '$' || text.endsWith(':*')) return found;
  const named = parseUidSet(text.replace(/,?\*$/, ''));
  const own = found.filter((one) => named.has(one));
  const namesLastAlone = text.endsWith('*');
  if (uid && !namesLastAlone) return own;
  const most = (uid ? own.length : named.size) + (namesLastAlone ? 1 : 0);
  if (found.length <= most) return found;
  throw new ImapError(
    'UNREADABLE',
    `The server found ${found.length} messages where ${shown(set)} means ${most} at most`,
  );
}

/** The queries that together find what this one does, where its set of UIDs does not fit a command line. */
export function queriesOf(query: SearchQuery, connection: ConnectionState): SearchQuery[] {
  if (typeof query !== 'object' || query?.uid === undefined) return [query];
  const set = settled(query.uid, 'UID SEARCH: uid');
  return isEmpty(set) ? [query] : piecesOf(set, connection).map((uid) => ({ ...query, uid }));
}

/**
 * True where `*` is in a set: it means another message once one has come or gone. `1:*` means all; no other range of
 * UIDs has a `*` once it is settled.
 */
export function namesLast(text: string): boolean {
  return text !== '1:*' && text.includes('*');
}

/** Options for several commands: unless they say of when the sequence numbers are, these are those of now. */
export function numbered<Options extends RunOptions>({ mailbox }: MailboxHandle, options: Options): Options {
  return { numbering: mailbox.numberings, ...options };
}

/** As text, in ascending ranges. */
export function setOf(uids: Iterable<number>): string {
  return UidSet.from(uids).toString();
}
