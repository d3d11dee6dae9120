import { type ExpungeResult, expunge } from '../commands/expunge.ts';
import { store } from '../commands/store.ts';
import { CommandError, ConnectionError, ImapError, messageOf, shown } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { UidSet } from '../wire/uid-set.ts';
import { type Run, runWhole } from './message-limit.ts';
import {
  isEmpty,
  isUids,
  keyOf,
  namedBy,
  namesLast,
  numbered,
  piecesOf,
  setOf,
  settled,
  withMessages,
} from './message-sets.ts';
import { isUnknown, toldUnlessRefused, unlessLacking } from './refusals.ts';
import { Removal } from './removal.ts';
import { messagesThere, searchAnswered, searchMessages } from './search-messages.ts';
import { Steps } from './steps.ts';
import { storeMessages } from './store-messages.ts';
import { hasUidPlus, inTurn } from './turns.ts';

const DELETED = ['\\Deleted'];
/** A server may tell of marks whenever it is asked. */
const MOST_ROUNDS = 3;
const NOTHING: ExpungeResult = { expunged: 0, uids: UidSet.empty };

/**
 * Stands for the command where only the mistakes of a call are looked for: it has no arguments, and needs no
 * capability.
 */
const asked = () => expunge();

/** EXPUNGE, of exactly these messages where some are named. */
export async function expungeMessages(
  handle: MailboxHandle,
  set: MessageSet | undefined,
  options: OperationOptions,
): Promise<ExpungeResult> {
  if (set === undefined) return inTurn(handle, 'EXPUNGE', options, () => expungeAll(handle, options));
  const expunged = withMessages(handle, settled(set, 'EXPUNGE'), 'EXPUNGE', options, asked, (messages) => {
    // Of now for both ways.
    const limits = numbered(handle, options);
    return unlessUidPlusLacks(handle, async () => {
      if (hasUidPlus(handle.session)) return expungeMarked(handle, messages, limits);
      const uids = await uidsOf(handle, messages, limits);
      return inTurn(handle, 'EXPUNGE', limits, () => expungeMarked(handle, uids, limits));
    });
  });
  return (await expunged) ?? NOTHING;
}

/** What does not know its UID EXPUNGE has expunged nothing. */
function unlessUidPlusLacks<Result>({ session }: MailboxHandle, work: () => Promise<Result>): Promise<Result> {
  return unlessLacking(session.state, ['UIDPLUS'], (error) => isUnknown(error, /^UID EXPUNGE$/), work);
}

/** Expunges the messages of a set that are marked \Deleted. */
async function expungeMarked(
  handle: MailboxHandle,
  messages: MessageSet,
  options: OperationOptions,
  removal = new Removal(),
): Promise<ExpungeResult> {
  if (isEmpty(messages)) return NOTHING;
  const release = handle.mailbox.listeners.on('expunge', ({ uid }) => removal.tell(uid));
  try {
    const query = { ...keyOf(messages), deleted: true };
    const steps = new Steps();
    let marked: number[];
    // Both are sent at once: the answer to the first tells which messages the second removes. One search may not be all.
    if (
      hasUidPlus(handle.session) &&
      meansTheSame(messages) &&
      handle.session.state.capabilities.messageLimit === undefined
    ) {
      const search = toldUnlessRefused(searchAnswered(handle, query, options));
      const [found] = await steps.take(Promise.all([search, expungeUids(handle, messages, options, removal)]));
      // They are gone by now, and only their number was told.
      if (found === undefined) return removal.count === 0 ? NOTHING : { expunged: removal.count };
      marked = namedBy(messages, found);
    } else {
      marked = await messagesThere(handle, messages, options, query);
      await steps.take(expungeExactly(handle, marked, options, removal));
    }
    return resultOf(await steps.take(gone(handle, marked, removal, options)));
  } finally {
    release();
  }
}

/** It means the same messages in every command. */
function meansTheSame(messages: MessageSet): messages is number | string | Iterable<number> {
  return isUids(messages) && !namesLast(String(messages));
}

/**
 * Another session may have taken the mark off some. Tolerance: Dovecot answers OK to an EXPUNGE in a mailbox that is open
 * read-only or without the right to it (`OK Expunge ignored: Permission denied`), and leaves all messages where they are.
 */
async function gone(
  handle: MailboxHandle,
  uids: number[],
  removal: Removal,
  options: OperationOptions,
): Promise<number[]> {
  if (removal.names(uids)) return uids;
  const left = new Set(await messagesThere(handle, setOf(uids), options));
  return uids.filter((uid) => !left.has(uid));
}

/** The messages as UIDs: what a sequence number, `*` or `$` means may change before the next command. */
async function uidsOf(handle: MailboxHandle, messages: MessageSet, options: OperationOptions): Promise<MessageSet> {
  if (meansTheSame(messages) && messages !== '$') return messages;
  return setOf(await messagesThere(handle, messages, options));
}

async function expungeAll(handle: MailboxHandle, options: OperationOptions): Promise<ExpungeResult> {
  let expunged = 0;
  const release = handle.mailbox.listeners.on('expunge', () => expunged++);
  try {
    const search = toldUnlessRefused(searchMessages(handle, { deleted: true }, options));
    if (handle.session.state.capabilities.messageLimit !== undefined) await search;
    const counted: Command<void> = {
      ...expunge(),
      // Nothing beside it has messages expunged, too.
      behaviour: { mailbox: true, alone: true },
      started: () => {
        expunged = 0;
      },
    };
    const [marked] = await Promise.all([search, handle.run(counted, options)]);
    return marked?.length === expunged ? resultOf(marked) : { expunged };
  } finally {
    release();
  }
}

/** Marks \Deleted and expunges exactly these. */
export async function deleteMessages(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
  removal?: Removal,
): Promise<ExpungeResult> {
  const named = settled(set, 'deleteMessages');
  const deleted = withMessages(handle, named, 'deleteMessages', options, asked, async (messages) => {
    const uids = await uidsOf(handle, messages, options);
    const remove = async () => {
      if (isEmpty(uids)) return NOTHING;
      const steps = new Steps();
      await steps.take(storeMessages(handle, uids, '+', DELETED, { ...options, silent: true }));
      return steps.take(expungeMarked(handle, uids, options, removal));
    };
    return unlessUidPlusLacks(handle, () => inTurn(handle, 'deleteMessages', options, remove));
  });
  return (await deleted) ?? NOTHING;
}

/**
 * Deletes messages that are stored elsewhere by now. That the server has left some (see `gone`) is a failure; what it refuses,
 * or what comes in between, is told as one, too, and not by itself: who takes it for one of the whole would store them again.
 */
export async function deleteStored(
  handle: MailboxHandle,
  uids: number[],
  name: string,
  options: OperationOptions,
): Promise<void> {
  const removal = new Removal();
  const left = await leftOf(handle, uids, name, options, removal).catch((error) => {
    // It is the caller himself who gives up.
    if (options.signal?.aborted && error === options.signal.reason) throw error;
    // They are gone: the marks of others are what the connection was lost with.
    if (error instanceof ConnectionError && removal.hasTaken(uids)) throw error;
    throw notExpunged(`${name}: ${removal.stateAfter(error)}: ${messageOf(error)}`, error);
  });
  if (left.length === 0) return;
  throw new ImapError(
    'NOT_EXPUNGED',
    `${name}: stored, and not removed where it was, though the server answered OK: UID ${shown(setOf(left))}`,
  );
}

/** With the connection gone it is a ConnectionError still. */
function notExpunged(message: string, cause: unknown): ImapError {
  if (!(cause instanceof ConnectionError)) return new ImapError('NOT_EXPUNGED', message, { cause });
  const { phase, responseCode } = cause;
  return new ConnectionError('NOT_EXPUNGED', message, { phase, maybeExecuted: true, responseCode, cause });
}

/** Deletes messages, and resolves to those that are there all the same. */
async function leftOf(
  handle: MailboxHandle,
  uids: number[],
  name: string,
  options: OperationOptions,
  removal: Removal,
): Promise<number[]> {
  const { session } = handle;
  const set = setOf(uids);
  try {
    const { expunged } = await deleteMessages(handle, set, options, removal);
    // Another session may have been faster.
    return expunged >= uids.length ? [] : await messagesThere(handle, set, options);
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    // It may be that they are gone, and only the marks of others can not be put back.
    let left = removal.hasTaken(uids) ? [] : uids;
    if (left.length > 0 && error instanceof CommandError && !hasUidPlus(session))
      left = await messagesThere(handle, set, options).catch(() => uids);
    if (left.length > 0) throw error;
    session.note(`${name}: other messages have lost their mark \\Deleted: ${messageOf(error)}`);
    return left;
  }
}

/**
 * Without UIDPLUS an EXPUNGE takes every message that is marked: the mark is taken off the others for its time.
 * Should the connection break in between, messages are left in the mailbox that someone wanted gone; never the reverse.
 * What another session marks goes too, where the server tells of that no sooner than by the EXPUNGE.
 */
async function expungeExactly(
  handle: MailboxHandle,
  uids: number[],
  options: OperationOptions,
  removal: Removal,
): Promise<void> {
  if (uids.length === 0) return;
  if (hasUidPlus(handle.session)) return expungeUids(handle, setOf(uids), options, removal);
  const others = new Set<number>();
  const steps = new Steps();
  const mark = async () => {
    if (others.size > 0) await steps.take(markAgain(handle, others));
  };
  try {
    if (await unmarkOthers(handle, UidSet.from(uids), others, steps, options)) {
      const command = removal.following(expunge(), () => removal.forget());
      await steps.take(handle.run(command, options));
    } else {
      removal.forget();
    }
  } catch (error) {
    // What has failed is told, whatever becomes of the marks: on a lost connection they can't be put back.
    await mark().catch(() => {});
    throw error;
  }
  await mark();
}

/**
 * Takes the mark off all messages but those that are wanted gone, and adds them to `others`; once more where the server tells
 * meanwhile that another is marked, as Dovecot does right behind a SEARCH that did not find it yet. False: none of the wanted
 * has the mark, or the answer is no true one; an EXPUNGE would take what others have marked.
 */
async function unmarkOthers(
  handle: MailboxHandle,
  wanted: UidSet,
  others: Set<number>,
  steps: Steps,
  options: OperationOptions,
): Promise<boolean> {
  let isNews = false;
  const release = handle.mailbox.listeners.on('flags', ({ uid, flags }) => {
    isNews ||= flags.has('\\Deleted') && (uid === undefined || !wanted.has(uid));
  });
  try {
    for (let round = 1; ; round++) {
      isNews = false;
      const marked = await messagesThere(handle, '1:*', options, { deleted: true }).catch((error) => {
        throw steps.failure(error);
      });
      const found = marked.filter((uid) => !wanted.has(uid));
      if (found.length === marked.length) return false;
      for (const uid of found) others.add(uid);
      await steps.take(storeMessages(handle, found, '-', DELETED, { ...options, silent: true }));
      if (!isNews || round === MOST_ROUNDS) return true;
    }
  } finally {
    release();
  }
}

/** Through the session: the handle may be closed by now. */
async function markAgain({ session, mailbox, uidValidity }: MailboxHandle, uids: Iterable<number>): Promise<void> {
  const { state } = session;
  const run: Run = (one) => session.run(one, { mailbox, uidValidity });
  const command = (piece: MessageSet) => store(piece, '+', DELETED, { silent: true });
  await Promise.all(piecesOf(setOf(uids), state).map((piece) => runWhole(run, state, piece, command)));
}

/** UID EXPUNGE, in as many commands as the set is long. */
async function expungeUids(
  handle: MailboxHandle,
  uids: MessageSet,
  options: OperationOptions,
  removal: Removal,
): Promise<void> {
  const { state } = handle.session;
  const run: Run = (one) => handle.run(one, options);
  const command = (piece: MessageSet) => removal.following(expunge(piece));
  await Promise.all(piecesOf(uids, state).map((piece) => runWhole(run, state, piece, command)));
}

function resultOf(uids: readonly number[]): ExpungeResult {
  return { expunged: uids.length, uids: UidSet.from(uids) };
}
