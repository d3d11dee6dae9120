import { type CopyResult, copy } from './commands/copy.ts';
import { type ExpungeResult, expunge } from './commands/expunge.ts';
import { move } from './commands/move.ts';
import { search } from './commands/search.ts';
import { store } from './commands/store.ts';
import { isEmpty, type MailboxHandle } from './mailbox.ts';
import type { OperationOptions } from './session/operation.ts';
import type { SearchQuery } from './syntax/search-key.ts';
import { type MessageSet, UidSet } from './wire/sequence-set.ts';

const DELETED = ['\\Deleted'];

/** EXPUNGE, of exactly these messages where some are named. */
export async function expungeMessages(
  handle: MailboxHandle,
  set: MessageSet | undefined,
  options: OperationOptions,
): Promise<ExpungeResult> {
  if (set === undefined) return expungeAll(handle, options);
  if (isEmpty(set, handle.mailbox.exists)) return { expunged: 0, uids: UidSet.empty };
  if (handle.session.state.capabilities.has('UIDPLUS') && isUids(set)) {
    // Both are sent at once: the answer to the first tells which messages the second removes.
    const [marked] = await Promise.all([
      find(handle, { uid: set, deleted: true }, options),
      handle.run(expunge(set), options),
    ]);
    return resultOf(marked);
  }
  const marked = await find(handle, { ...keyOf(set), deleted: true }, options);
  await expungeExactly(handle, marked, options);
  return resultOf(marked);
}

async function expungeAll(handle: MailboxHandle, options: OperationOptions): Promise<ExpungeResult> {
  let expunged = 0;
  const release = handle.mailbox.listeners.on('expunge', () => expunged++);
  try {
    const [marked] = await Promise.all([find(handle, { deleted: true }, options), handle.run(expunge(), options)]);
    return marked.length === expunged ? resultOf(marked) : { expunged };
  } finally {
    release();
  }
}

/** Marks \Deleted and expunges exactly these. */
export async function deleteMessages(
  handle: MailboxHandle,
  set: MessageSet,
  options: OperationOptions,
): Promise<ExpungeResult> {
  if (isEmpty(set, handle.mailbox.exists)) return { expunged: 0, uids: UidSet.empty };
  const uids = isUids(set) ? set : UidSet.from(await find(handle, keyOf(set), options)).toString();
  if (uids === '') return { expunged: 0, uids: UidSet.empty };
  await handle.run(store(handle.mailbox, uids, '+', DELETED, { silent: true }), options);
  return expungeMessages(handle, uids, options);
}

/** MOVE (RFC 6851), else COPY, STORE and an EXPUNGE of exactly these messages. */
export async function moveMessages(
  handle: MailboxHandle,
  set: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  if (handle.session.state.capabilities.has('MOVE')) return handle.run(move(set, target), options);
  const uids = isUids(set) ? set : UidSet.from(await find(handle, keyOf(set), options)).toString();
  if (uids === '') return { uids: new Map() };
  const result = await handle.run(copy(uids, target), options);
  await deleteMessages(handle, uids, options);
  return result;
}

/**
 * Without UIDPLUS an EXPUNGE takes every message that is marked: the mark is taken off the others for its time.
 * Should the connection break in between, messages are left in the mailbox that someone wanted gone; never the reverse.
 */
async function expungeExactly(
  handle: MailboxHandle,
  uids: readonly number[],
  options: OperationOptions,
): Promise<void> {
  if (uids.length === 0) return;
  if (handle.session.state.capabilities.has('UIDPLUS')) return handle.run(expunge(UidSet.from(uids)), options);
  const wanted = UidSet.from(uids);
  const others = (await find(handle, { deleted: true }, options)).filter((uid) => !wanted.has(uid));
  if (others.length > 0) await handle.run(store(handle.mailbox, others, '-', DELETED, { silent: true }), options);
  try {
    await handle.run(expunge(), options);
  } finally {
    if (others.length > 0) await handle.run(store(handle.mailbox, others, '+', DELETED, { silent: true }));
  }
}

function find(handle: MailboxHandle, query: SearchQuery, options: OperationOptions): Promise<number[]> {
  return handle.run(search(query, handle.session.state), options);
}

function resultOf(uids: readonly number[]): ExpungeResult {
  return { expunged: uids.length, uids: UidSet.from(uids) };
}

function isUids(set: MessageSet): set is number | string | Iterable<number> {
  return typeof set !== 'object' || !('seq' in set);
}

function keyOf(set: MessageSet): SearchQuery {
  return isUids(set) ? { uid: set } : { seq: set.seq };
}
