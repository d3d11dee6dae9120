import { Delivered } from '../commands/delivered.ts';
import { type FetchModifiers, fetch } from '../commands/fetch.ts';
import { spelt } from '../commands/search.ts';
import { CommandError, shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { Backlog } from '../session/backlog.ts';
import { bounded } from '../session/bounded.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions, RunOptions } from '../session/operation.ts';
import type { ConnectionState } from '../session/state.ts';
import { type FetchedMessage, type FetchItems, type FetchRequest, fetchRequest } from '../syntax/fetch-items.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { UidSet } from '../wire/uid-set.ts';
import { beforeLogout } from './before-logout.ts';
import { oneDoes } from './limited-sets.ts';
import { goneOf, HeldBack, looksMadeUp, mayBeGone, mayBeMadeUp } from './made-up-messages.ts';
import { type Run, runWhole } from './message-limit.ts';
import { isEmpty, isUids, keyOf, numbered, piecesOf, setOf, settled, withMessages } from './message-sets.ts';
import { existing, misreadsSets } from './misread-sets.ts';
import { isBad } from './refusals.ts';
import { searchMessages, searchReturned } from './search-messages.ts';
import { batchesOf } from './uid-batches.ts';

type Deliver<I extends FetchItems> = (message: FetchedMessage<I>, bytes: number) => void;
/** Makes the FETCH of a set. */
type Ask = (set: MessageSet, modifiers: FetchModifiers) => Command<boolean>;
type FetchOptions = OperationOptions & FetchModifiers & Pick<RunOptions, 'numbering'>;

/** FETCH as an iteration: the command is sent when the first message is asked for. */
export function fetchMessages<I extends FetchItems>(
  handle: MailboxHandle,
  set: MessageSet,
  items: I,
  options: FetchOptions,
): AsyncIterable<FetchedMessage<I>> {
  const messages = settled(set, 'FETCH');
  const request = requestOf(handle, items);
  const begin = () => {
    fill<I>(handle, messages, request, bounded(options), backlog).then(
      () => backlog.end(),
      (error) => backlog.fail(error),
    );
  };
  const { signal } = options;
  const backlog: Backlog<FetchedMessage<I>> = new Backlog(handle.session.flow, { begin, signal });
  return backlog;
}

/** Gives each message to the backlog; one that looks made up only if it is there, and then in its place. */
async function fill<I extends FetchItems>(
  handle: MailboxHandle,
  messages: MessageSet,
  request: FetchRequest,
  options: FetchOptions,
  backlog: Backlog<FetchedMessage<I>>,
): Promise<void> {
  const push: Deliver<I> = (message, bytes) => backlog.push(message, bytes);
  const { state } = handle.session;
  const held = mayBeMadeUp(request.items, state)
    ? new HeldBack<FetchedMessage<I>>(handle.session.flow.limit, state, push)
    : undefined;
  const deliver: Deliver<I> = held === undefined ? push : (message, bytes) => held.add(message, bytes);
  const release = async (expunged = false) => {
    const doubtful = held?.doubtful ?? [];
    if (doubtful.length > 0)
      held?.release(mayBeGone(expunged, state) ? await goneOf(handle, doubtful, options) : UidSet.empty);
  };
  const fetched = withMessages(
    handle,
    messages,
    'FETCH',
    options,
    asking(handle, messages, request, options),
    (there) => run(handle, there, request, deliver, options, backlog),
  );
  const expunged = await fetched.catch(async (error) => {
    // What came before a NO is given all the same, and the NO is told whatever becomes of that.
    if (error instanceof CommandError) await release(true).catch(() => {});
    throw error;
  });
  await release(expunged);
}

/** As many FETCHes as it takes: between two of them other operations have the connection to themselves. */
export function fetchInBatches<I extends FetchItems>(
  handle: MailboxHandle,
  set: MessageSet,
  items: I,
  options: FetchOptions & { batch: number },
): AsyncIterable<FetchedMessage<I>> {
  const { batch, vanished } = options;
  if (!Number.isInteger(batch) || batch < 1)
    throw new UsageError(`FETCH: batch is no number of messages: ${shown(batch)}`);
  // The batches are made of the messages that there are.
  if (vanished) throw new UsageError('FETCH: what has vanished is not told in batches');
  // Its mistakes are found at once.
  requestOf(handle, items);
  return batches(handle, settled(set, 'FETCH'), items, options);
}

async function* batches<I extends FetchItems>(
  handle: MailboxHandle,
  set: MessageSet,
  items: I,
  { batch, partial, ...given }: FetchOptions & { batch: number },
): AsyncGenerator<FetchedMessage<I>> {
  const options = bounded(given);
  const ask = asking(handle, set, requestOf(handle, items), { ...options, partial });
  const messages = await withMessages(handle, set, 'FETCH', options, ask, async (there) => there);
  if (messages === undefined) return;
  if (messages === '1:*' && partial === undefined) {
    for (const uids of (await batchesOf(handle, batch, options)).reverse())
      yield* fetchMessages(handle, uids, items, options);
    return;
  }
  const uids =
    partial === undefined
      ? await searchMessages(handle, keyOf(messages), options)
      : spelt('UID SEARCH', await rangeOf(handle, messages, partial, options), handle.mailbox.exists);
  for (let at = 0; at < uids.length; at += batch) {
    yield* fetchMessages(handle, uids.slice(at, at + batch), items, options);
  }
}

/** FETCH as an array. */
export async function fetchAll<I extends FetchItems>(
  handle: MailboxHandle,
  set: MessageSet,
  items: I,
  options: FetchOptions,
): Promise<FetchedMessage<I>[]> {
  const messages = settled(set, 'FETCH');
  const all: FetchedMessage<I>[] = [];
  const deliver: Deliver<I> = (message) => all.push(message);
  const request = requestOf(handle, items);
  const limits = numbered(handle, options);
  const { state } = handle.session;
  const several = (there: MessageSet) => run(handle, there, request, deliver, limits);
  const expunged = await (oneFetches(messages, request, limits, state)
    ? handle.run(fetch(handle.mailbox, messages, request, deliver), limits)
    : beforeLogout(
        handle.session,
        withMessages(handle, messages, 'FETCH', limits, asking(handle, messages, request, limits), several),
      ));
  const doubtful = mayBeGone(expunged, state) ? all.filter((one) => looksMadeUp(one, state)).map(({ uid }) => uid) : [];
  if (doubtful.length === 0) return all;
  const gone = await goneOf(handle, doubtful, options);
  return all.filter(({ uid }) => !gone.has(uid));
}

/** Makes the FETCH of a set, to find the mistakes of a call: `messages` is the set that the call names. */
function asking(handle: MailboxHandle, messages: MessageSet, request: FetchRequest, options: FetchOptions) {
  return (set: MessageSet): Command<unknown> => {
    if (options.vanished) requireVanished(messages, handle.session.state);
    return fetch(handle.mailbox, set, request, () => {}, options);
  };
}

/** See oneDoes. */
function oneFetches(
  messages: MessageSet,
  { binary, decodesHere }: FetchRequest,
  { changedSince, vanished, partial }: FetchModifiers,
  state: ConnectionState,
): boolean {
  if (changedSince !== undefined || vanished || partial !== undefined) return false;
  return (binary.size === 0 || decodesHere) && oneDoes(messages, state);
}

/** UNKNOWN-CTE: RFC 3516 §4.3. Dovecot says PARSE of what is not encoded as it should be. */
const UNDECODED: readonly string[] = ['UNKNOWN-CTE', 'PARSE'];

/**
 * Runs the FETCHes. One message that the server can't decode has a whole FETCH of BINARY refused, or cut short: what has not
 * come by then is decoded here, as without BINARY.
 */
async function run<I extends FetchItems>(
  handle: MailboxHandle,
  messages: MessageSet,
  request: FetchRequest,
  deliver: Deliver<I>,
  options: FetchOptions,
  backlog?: Pick<Backlog<unknown>, 'countOwn'>,
): Promise<boolean> {
  const { mailbox, session } = handle;
  const ask =
    (asked: FetchRequest, delivered?: Delivered): Ask =>
    (set, modifiers) =>
      fetch<I>(mailbox, set, asked, deliver, modifiers, delivered);
  if (request.binary.size === 0 || request.decodesHere)
    return runAs(handle, messages, request, ask(request), options, backlog);
  const delivered = new Delivered();
  try {
    const expunged = await runAs(handle, messages, request, ask(request, delivered), options, backlog);
    if (!delivered.undecoded) return expunged;
  } catch (error) {
    if (!(error instanceof CommandError && UNDECODED.includes(error.code))) throw error;
  }
  const decoded = fetchRequest(request.items, session.state.capabilities, true);
  const whole = ask(decoded, delivered);
  const rest: Ask = (set, modifiers) => {
    const command = whole(set, modifiers);
    return command.repeat?.() ?? command;
  };
  return runAs(handle, messages, decoded, rest, options, backlog);
}

/**
 * In as many commands as the set is long. PARTIAL counts within one command, and leaves the set whole. True where the server
 * says that some of the messages are expunged.
 */
async function runAs(
  handle: MailboxHandle,
  messages: MessageSet,
  request: FetchRequest,
  ask: Ask,
  options: FetchOptions,
  backlog?: Pick<Backlog<unknown>, 'countOwn'>,
): Promise<boolean> {
  const { state } = handle.session;
  if (options.vanished) requireVanished(messages, state);
  const command = (set: MessageSet) => ask(set, options);
  if (options.partial !== undefined) {
    const { messageLimit = Number.POSITIVE_INFINITY } = state.capabilities;
    // FETCH by sequence number has no PARTIAL (RFC 9394 §3.3).
    const does = isUids(messages) && handle.mailbox.exists <= messageLimit;
    if (does || !state.capabilities.has('PARTIAL')) {
      return handle.run(command(messages), options);
    }
    const range = setOf(await rangeOf(handle, messages, options.partial, options));
    const whole = { ...options, partial: undefined };
    return runAs(handle, range, request, ask, whole, backlog);
  }
  const whole: Run = (one) => handle.run(one, options);
  const misread = misreadsSets(state);
  // Of another message nothing is delivered, but it would be marked.
  const named = misread && request.items.markSeen ? await existing(whole, state, messages) : messages;
  const pieces = isEmpty(named) ? [] : piecesOf(named, state);
  const parts = pieces.map((piece) => runWhole(whole, state, piece, command));
  if (parts.length > 1) backlog?.countOwn(parts);
  const fetched = Promise.all(parts);
  const answers = await (misread ? fetched.catch((error) => refetch(error, whole, state, messages, command)) : fetched);
  return answers.flat().includes(true);
}

/** A server answers BAD where it is not enabled, or asked by sequence number (RFC 7162 §3.2.6). That it is offered is checked with every command. */
function requireVanished(set: MessageSet, { capabilities, enabled }: ConnectionState): void {
  if (!isUids(set)) throw new UsageError('FETCH: what has vanished is told by UID, not by sequence number');
  if (capabilities.has('QRESYNC') && !enabled.has('QRESYNC'))
    throw new UsageError("FETCH: vanished needs QRESYNC to be enabled: client.enable(['QRESYNC'])");
}

/** The UIDs that PARTIAL leaves of a set: of those that changed, where these are asked for (RFC 9394 §3.3). */
async function rangeOf(
  handle: MailboxHandle,
  set: MessageSet,
  partial: string,
  options: FetchOptions,
): Promise<UidSet> {
  const { changedSince } = options;
  const query = { ...keyOf(set), ...(changedSince === undefined ? {} : { modseq: changedSince + 1n }) };
  return (await searchReturned(handle, query, { partial }, options)).partial ?? UidSet.empty;
}

/** Nothing came of a set that was refused for the UIDs in it that are not there. */
async function refetch(
  error: unknown,
  run: Run,
  connection: ConnectionState,
  messages: MessageSet,
  command: (set: MessageSet) => Command<boolean>,
): Promise<boolean[]> {
  if (!isBad(error)) throw error;
  const there = await existing(run, connection, messages);
  if (there === messages) throw error;
  const answers: boolean[] = [];
  for (const piece of isEmpty(there) ? [] : piecesOf(there, connection)) answers.push(await run(command(piece)));
  return answers;
}

/**
 * Where BINARY can't be relied on all parts are decoded here: Dovecot ends the connection at base64 without its padding, and
 * Cyrus leaves a message within a message as it is encoded.
 */
function requestOf({ session }: MailboxHandle, items: FetchItems): FetchRequest {
  const { capabilities, server } = session.state;
  const decodesHere = !capabilities.binaryFetch || server === 'Dovecot' || server === 'Cyrus';
  return fetchRequest(items, capabilities, decodesHere);
}
