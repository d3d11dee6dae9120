import { fetch } from '../commands/fetch.ts';
import { type Change, type StoreOptions, type StoreResult, store } from '../commands/store.ts';
import { storeAnnotation } from '../commands/store-annotation.ts';
import { ToldFlags } from '../commands/told-flags.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions } from '../session/operation.ts';
import { isSound } from '../session/write-operation.ts';
import { fetchRequest } from '../syntax/fetch-items.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { UidSet, UidSetBuilder } from '../wire/uid-set.ts';
import { beforeLogout } from './before-logout.ts';
import { oneDoes, stableSet } from './limited-sets.ts';
import { type Run, runWhole } from './message-limit.ts';
import { isEmpty, isUids, numbered, piecesOf, settled, withMessages } from './message-sets.ts';
import { misreadsSets } from './misread-sets.ts';
import { besideTurns, hasUidPlus, marks } from './turns.ts';

type Options = OperationOptions & StoreOptions;

/** Makes the STORE for a part of the set; for `unnamed` see store(). */
type StorePart = (part: MessageSet, unnamed?: ToldFlags) => Command<StoreResult>;

/**
 * STORE for a caller. What changes which messages are marked \Deleted does not come between the commands that expunge without
 * UIDPLUS: they remove what is marked meanwhile, and put the mark back on what is to have it no more.
 */
export function changeFlags(
  handle: MailboxHandle,
  set: MessageSet,
  change: Change,
  flags: readonly string[],
  options: Options = {},
): Promise<StoreResult> {
  const { session } = handle;
  if (hasUidPlus(session) || options.gmailLabels || !changesMark(change, flags))
    return storeMessages(handle, set, change, flags, options);
  const named = settled(set, 'STORE');
  const limits = numbered(handle, options);
  return besideTurns(session, [handle.name], 'STORE', options, () =>
    storeMessages(handle, named, change, flags, limits),
  );
}

function changesMark(change: Change, flags: readonly string[]): boolean {
  return change === '' || marks(flags);
}

/** STORE, in as many commands as the set is long. */
export function storeMessages(
  handle: MailboxHandle,
  set: MessageSet,
  change: Change,
  flags: readonly string[],
  options: Options = {},
): Promise<StoreResult> {
  const named = settled(set, 'STORE');
  const { mailbox, session } = handle;
  if (oneDoes(named, session.state))
    return handle.run(store(named, change, flags, options, undefined, mailbox), options);
  const limits = numbered(handle, options);
  const command: StorePart = (part, unnamed) => store(part, change, flags, limits, unnamed, mailbox);
  return beforeLogout(session, storeInParts(handle, named, command, limits));
}

async function storeInParts(
  handle: MailboxHandle,
  named: MessageSet,
  command: StorePart,
  options: Options,
): Promise<StoreResult> {
  const stored = withMessages(handle, named, 'STORE', options, command, (there) =>
    storeThere(handle, there, command, options),
  );
  return (await stored) ?? { flags: new Map() };
}

async function storeThere(
  handle: MailboxHandle,
  there: MessageSet,
  command: StorePart,
  options: Options,
): Promise<StoreResult> {
  const { state } = handle.session;
  const stable = stableSet(handle, there, options, command);
  const messages = stable === undefined ? there : await stable;
  if (isEmpty(messages)) return { flags: new Map() };
  // A silent STORE tells no flags, but MODIFIED names the messages that it left as they were.
  const told = !options.silent || (options.unchangedSince !== undefined && !isUids(messages));
  const unnamed = told && (!isUids(messages) || misreadsSets(state));
  const pieces = piecesOf(messages, state);
  if (unnamed) return joined(await Promise.all(pieces.map((piece) => storeUnnamed(handle, piece, command, options))));
  const run: Run = (one) => handle.run(one, options);
  const results = await Promise.all(pieces.map((piece) => runWhole(run, state, piece, command)));
  return joined(results.flat());
}

/** STORE ANNOTATION, in as many commands as the set is long. */
export async function annotateMessages(
  handle: MailboxHandle,
  set: MessageSet,
  entries: Record<string, string | Uint8Array | null>,
  options: OperationOptions,
): Promise<void> {
  const { state } = handle.session;
  const limits = numbered(handle, options);
  const run: Run = (one) => handle.run(one, limits);
  const command = (piece: MessageSet) => storeAnnotation(piece, entries);
  await withMessages(handle, settled(set, 'STORE'), 'STORE', limits, command, (messages) =>
    Promise.all(piecesOf(messages, state).map((piece) => runWhole(run, state, piece, command))),
  );
}

/** The results of all pieces in one. */
function joined(results: readonly StoreResult[]): StoreResult {
  const flags: StoreResult['flags'] = new Map();
  let modified: UidSetBuilder | undefined;
  let highestModseq: bigint | undefined;
  for (const result of results) {
    for (const [uid, now] of result.flags) flags.set(uid, now);
    if (result.modified !== undefined) {
      modified ??= new UidSetBuilder();
      modified.addSet(result.modified);
    }
    if (result.highestModseq !== undefined && result.highestModseq > (highestModseq ?? 0n))
      highestModseq = result.highestModseq;
  }
  return {
    flags,
    ...(modified === undefined ? {} : { modified: modified.build() }),
    ...(highestModseq === undefined ? {} : { highestModseq }),
  };
}

/** Where the answers to a STORE do not name UIDs, a FETCH that is sent along with it tells them. */
async function storeUnnamed(
  handle: MailboxHandle,
  set: MessageSet,
  storePart: StorePart,
  options: Options,
): Promise<StoreResult> {
  const { mailbox, session } = handle;
  const unnamed = new ToldFlags();
  const command = storePart(set, unnamed);
  // The session will refuse it: then there is nothing to ask for.
  if (!isSound(command, session.state)) return handle.run(command, options);
  const uids = new Map<number, number>();
  const naming = fetch(mailbox, set, fetchRequest({}, session.state.capabilities), ({ seq, uid }) =>
    uids.set(seq, uid),
  );
  const [result] = await Promise.all([handle.run(command, options), handle.run(naming, options)]);
  for (const [seq, now] of unnamed.byMessage) {
    const uid = uids.get(seq);
    if (uid !== undefined) result.flags.set(uid, now);
  }
  const { modified } = result;
  // MODIFIED names messages as the STORE did (RFC 7162 §3.1.3).
  if (modified !== undefined && !isUids(set)) result.modified = UidSet.from(named(uids, modified));
  return result;
}

/** The UIDs of these sequence numbers. */
function* named(uids: ReadonlyMap<number, number>, numbers: UidSet): Iterable<number> {
  for (const [seq, uid] of uids) if (numbers.has(seq)) yield uid;
}
