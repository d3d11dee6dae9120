import type { Command } from '../session/command.ts';
import { SequenceMap } from '../session/sequence-map.ts';
import type { ConnectionState, MailboxState } from '../session/state.ts';
import { search } from './search.ts';

/** UID SEARCH ALL, its answer taken as the UIDs of all messages in order of their sequence numbers (RFC 3501 §2.3.1). */
export function uidMap(mailbox: MailboxState, connection: ConnectionState): Command<unknown> {
  return search({}, connection, (uids) => {
    if (mailbox.uids !== undefined) mailbox.uids = SequenceMap.of([...uids].sort((a, b) => a - b));
  });
}
