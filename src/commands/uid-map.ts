import type { Command } from '../session/command.ts';
import type { MailboxState } from '../session/state.ts';
import { readSearch } from '../syntax/search-result.ts';

/** UID SEARCH ALL, its answer taken as the UIDs of all messages in order of their sequence numbers (RFC 3501 §2.3.1). */
export function uidMap(mailbox: MailboxState): Command<void> {
  return {
    name: 'UID SEARCH',
    behaviour: { mailbox: true },
    write: (writer) => writer.raw(' ALL'),
    untagged: {
      // At once, for the next response may be an EXPUNGE.
      SEARCH: (reader) => {
        const uids: number[] = [];
        readSearch(reader, uids);
        if (mailbox.uids !== undefined) mailbox.uids = uids.sort((a, b) => a - b);
        return true;
      },
    },
    finish: () => undefined,
  };
}
