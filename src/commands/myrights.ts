import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/mailbox.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import { unanswered } from './unanswered.ts';

/**
 * MYRIGHTS (RFC 4314 §3.5)
 *
 *     myrights-data = "MYRIGHTS" SP mailbox SP rights      (RFC 4314 §7)
 */
export function myRights(mailbox: string, connection: Pick<ConnectionState, 'utf8'>): Command<string> {
  let rights: string | undefined;
  return {
    name: 'MYRIGHTS',
    needs: 'ACL',
    behaviour: {},
    repeat: () => myRights(mailbox, connection),
    write: (writer) => writer.space().mailbox(mailbox),
    untagged: {
      MYRIGHTS: (reader) => {
        if (rights !== undefined || !sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        rights = readWords(reader).join('');
        return true;
      },
    },
    finish: () => {
      if (rights === undefined) throw unanswered('MYRIGHTS', 'MYRIGHTS');
      return rights;
    },
  };
}
