import { noop } from '../commands/noop.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { BodyStructure } from '../syntax/body-structure.ts';
import type { Envelope } from '../syntax/envelope.ts';
import type { FetchedItems, FetchItems } from '../syntax/fetch-items.ts';
import { UidSet } from '../wire/uid-set.ts';
import { searchMessages } from './search-messages.ts';

/** More than what is made up takes on the wire. */
export const MADE_UP_LENGTH = 2000;

/** Whether something of this kind is asked for at all. */
export function mayBeMadeUp({ envelope, internalDate, size, bodyStructure }: FetchItems): boolean {
  return Boolean(envelope || internalDate || size || bodyStructure);
}

/**
 * Tolerance: of a message that another session has expunged Dovecot tells what it has not at hand as `ENVELOPE (NIL NIL NIL
 * NIL NIL NIL NIL NIL NIL NIL)`, `INTERNALDATE "01-Jan-1970 00:00:00 +0000"`, `RFC822.SIZE 0` and `BODYSTRUCTURE ("text"
 * "plain" NIL NIL NIL "7bit" 0 0)`. A message without a header can look the same: only where the tagged OK says
 * EXPUNGEISSUED, and the message is not found any more, it was made up.
 */
export function looksMadeUp(message: { uid: number } & Partial<FetchedItems>): boolean {
  const { envelope, internalDate, size, bodyStructure } = message;
  if (size === 0 || internalDate?.getTime() === 0) return true;
  return (envelope !== undefined && isVoid(envelope)) || (bodyStructure !== undefined && isBlank(bodyStructure));
}

function isVoid({ raw, messageId, inReplyTo, from, to, cc, bcc }: Envelope): boolean {
  if ((raw.subject ?? raw.date ?? messageId ?? inReplyTo) !== undefined) return false;
  return from.length + to.length + cc.length + bcc.length === 0;
}

function isBlank(structure: BodyStructure): boolean {
  if ('parts' in structure || structure.type !== 'text/plain' || structure.size > 0) return false;
  return Object.keys(structure.params).length === 0;
}

/** Which of them are not there any more. Dovecot takes them out at the end of a NOOP, and a SEARCH finds them until then. */
export async function goneOf(handle: MailboxHandle, uids: number[], options: OperationOptions): Promise<UidSet> {
  await handle.run(noop(), options);
  return UidSet.from(uids).subtract(UidSet.from(await searchMessages(handle, { uid: uids }, options)));
}
