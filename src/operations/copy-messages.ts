import { copy, withCopied } from '../commands/copy.ts';
import { move } from '../commands/move.ts';
import { type CopyResult, ImapError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { Command } from '../session/command.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { beforeLogout } from './before-logout.ts';
import { deleteStored } from './expunge-messages.ts';
import { oneDoes, stableSet, withinSaveLimit } from './limited-sets.ts';
import { type Run, runWhole } from './message-limit.ts';
import { isEmpty, isUids, numbered, piecesOf, setOf, settled, withMessages } from './message-sets.ts';
import { isUnknown, unlessLacking } from './refusals.ts';
import { messagesThere } from './search-messages.ts';
import { Steps } from './steps.ts';
import { besideTurns, hasUidPlus } from './turns.ts';

/** COPY, in as many commands as the set is long. */
export function copyMessages(
  handle: MailboxHandle,
  set: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const messages = settled(set, 'COPY');
  if (oneDoes(messages, handle.session.state))
    return arriving(handle, messages, target, options, () => handle.run(copy(messages, target), options));
  const command = (there: MessageSet) => copy(there, target);
  const copied = withMessages(handle, messages, 'COPY', options, command, (there) =>
    copyAll(handle, there, target, options),
  );
  return beforeLogout(handle.session, resultOf(copied));
}

/**
 * MOVE (RFC 6851), else COPY, STORE and an EXPUNGE of exactly these messages. So, too, where the server does not know the MOVE
 * that it offers, and no message has gone: what is there is looked for before it is copied.
 */
export function moveMessages(
  handle: MailboxHandle,
  set: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const messages = settled(set, 'MOVE');
  const { mailbox, session } = handle;
  let numberings: number | undefined;
  const limits = {
    ...options,
    started: () => {
      numberings ??= mailbox.numberings;
    },
  };
  const isUnmoved = (error: unknown) =>
    isUnknown(error, /^(UID )?MOVE$/) && error.copied === undefined && mailbox.numberings === numberings;
  return unlessLacking(session.state, ['MOVE'], isUnmoved, () => moveSettled(handle, messages, target, limits));
}

function moveSettled(
  handle: MailboxHandle,
  messages: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const { state } = handle.session;
  const canMove = state.capabilities.has('MOVE');
  if (canMove && oneDoes(messages, state))
    return arriving(handle, messages, target, options, () => handle.run(move(messages, target), options));
  const command = (there: MessageSet) => (canMove ? move(there, target) : copy(there, target));
  const moved = withMessages(handle, messages, 'MOVE', options, command, (there) =>
    moveAll(handle, there, target, options),
  );
  return beforeLogout(handle.session, resultOf(moved));
}

/**
 * Without UIDPLUS before or behind what expunges: copies have the flags of the messages. Numbers would be out of date behind
 * what expunges here.
 */
function arriving(
  { session, name }: MailboxHandle,
  messages: MessageSet,
  target: string,
  options: OperationOptions,
  work: () => Promise<CopyResult>,
): Promise<CopyResult> {
  // What is no name the command is refused for.
  if (hasUidPlus(session) || typeof target !== 'string') return work();
  return besideTurns(session, isUids(messages) ? [name, target] : [target], 'COPY', options, work);
}

/** Of a set that names no message nothing was sent. */
async function resultOf(copied: Promise<CopyResult | undefined>): Promise<CopyResult> {
  return (await copied) ?? { uids: new Map() };
}

async function moveAll(
  handle: MailboxHandle,
  messages: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  if (handle.session.state.capabilities.has('MOVE')) {
    const command = (piece: MessageSet) => move(piece, target);
    const limits = numbered(handle, options);
    return arriving(handle, messages, target, options, async () => {
      const stable = stableSet(handle, messages, limits, command);
      const moved = stable === undefined ? messages : await stable;
      return isEmpty(moved) ? { uids: new Map() } : transfer(handle, [moved], command, limits);
    });
  }
  checkArguments(copy(messages, target));
  // What arrives between the commands is in no set of UIDs that are there already.
  const uids = await messagesThere(handle, messages, options);
  if (uids.length === 0) return { uids: new Map() };
  const steps = new Steps();
  const result = await steps.take(copyAll(handle, setOf(uids), target, options));
  try {
    await steps.take(deleteStored(handle, copiedOf(uids, result), 'MOVE', options));
  } catch (error) {
    throw withCopied(error, result, options.signal);
  }
  return result;
}

/** Without those that COPYUID leaves out: OK may mean that only the messages were copied which were there (RFC 2180 §4.4). */
function copiedOf(uids: number[], { uids: copied }: CopyResult): number[] {
  const named = uids.filter((uid) => copied.has(uid));
  // One that names other messages tells nothing of these.
  return named.length === 0 || named.length < copied.size ? uids : named;
}

function copyAll(
  handle: MailboxHandle,
  messages: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const command = (piece: MessageSet) => copy(piece, target);
  const limits = numbered(handle, options);
  return arriving(handle, messages, target, options, async () => {
    const limited = withinSaveLimit(handle, messages, limits, command);
    const sets = limited === undefined ? [messages] : await limited;
    return transfer(handle, sets, command, limits);
  });
}

/** One piece after the other: where one is refused the rest is not tried. */
async function transfer(
  handle: MailboxHandle,
  sets: readonly MessageSet[],
  command: (piece: MessageSet) => Command<CopyResult>,
  options: OperationOptions,
): Promise<CopyResult> {
  const { state } = handle.session;
  const results: CopyResult[] = [];
  const steps = new Steps();
  const run: Run = (one) => handle.run(one, options);
  try {
    for (const piece of sets.flatMap((set) => piecesOf(set, state)))
      await steps.take(runWhole(run, state, piece, command, results));
  } catch (error) {
    if (error instanceof ImapError && error !== options.signal?.reason && error.copied !== undefined)
      results.push(error.copied);
    throw withCopied(error, joined(results), options.signal);
  }
  return joined(results);
}

function joined([all = { uids: new Map() }, ...others]: readonly CopyResult[]): CopyResult {
  for (const { uidValidity, uids } of others) {
    if (uidValidity !== undefined) all.uidValidity ??= uidValidity;
    for (const [from, to] of uids) all.uids.set(from, to);
  }
  return all;
}
