import { type CopyResult, copy } from './commands/copy.ts';
import { move } from './commands/move.ts';
import { deleteMessages } from './expunge-messages.ts';
import type { MailboxHandle } from './mailbox.ts';
import { isEmpty, keyOf, piecesOf, setOf, settled } from './message-sets.ts';
import { searchMessages } from './search-messages.ts';
import type { Command } from './session/command.ts';
import type { OperationOptions } from './session/operation.ts';
import type { MessageSet } from './wire/sequence-set.ts';

/** COPY, in as many commands as the set is long. */
export async function copyMessages(
  handle: MailboxHandle,
  set: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const messages = settled(set);
  if (isEmpty(messages, handle.mailbox.exists)) return { uids: new Map() };
  return transfer(handle, messages, (piece) => copy(piece, target), options);
}

/** MOVE (RFC 6851), else COPY, STORE and an EXPUNGE of exactly these messages. */
export async function moveMessages(
  handle: MailboxHandle,
  set: MessageSet,
  target: string,
  options: OperationOptions,
): Promise<CopyResult> {
  const messages = settled(set);
  if (isEmpty(messages, handle.mailbox.exists)) return { uids: new Map() };
  if (handle.session.state.capabilities.has('MOVE')) {
    return transfer(handle, messages, (piece) => move(piece, target), options);
  }
  // What arrives between the commands is in no set of UIDs that are there already.
  const uids = setOf(await searchMessages(handle, keyOf(messages), options));
  if (uids === '') return { uids: new Map() };
  const result = await transfer(handle, uids, (piece) => copy(piece, target), options);
  await deleteMessages(handle, uids, options);
  return result;
}

/** One piece after the other: where one is refused the rest is not tried. */
async function transfer(
  handle: MailboxHandle,
  messages: MessageSet,
  command: (piece: MessageSet) => Command<CopyResult>,
  options: OperationOptions,
): Promise<CopyResult> {
  const all: CopyResult = { uids: new Map() };
  for (const piece of piecesOf(messages, handle.session.state)) {
    const { uidValidity, uids } = await handle.run(command(piece), options);
    if (uidValidity !== undefined) all.uidValidity ??= uidValidity;
    for (const [from, to] of uids) all.uids.set(from, to);
  }
  return all;
}
