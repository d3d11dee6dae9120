import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/mailbox.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import { unanswered } from './unanswered.ts';

/**
 * GETACL (RFC 4314 §3.3): who has which rights.
 *
 *     acl-data = "ACL" SP mailbox *(SP identifier SP rights)      (RFC 4314 §7)
 */
export function getAcl(mailbox: string, connection: Pick<ConnectionState, 'utf8'>): Command<Map<string, string>> {
  const rights = new Map<string, string>();
  let answered = false;
  return {
    name: 'GETACL',
    needs: 'ACL',
    behaviour: {},
    repeat: () => getAcl(mailbox, connection),
    write: (writer) => writer.space().mailbox(mailbox),
    untagged: {
      ACL: (reader) => {
        if (answered || !sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        answered = true;
        const words = readWords(reader);
        for (let at = 0; at < words.length; at += 2) rights.set(words[at] ?? '', words[at + 1] ?? '');
        return true;
      },
    },
    finish: () => {
      if (!answered) throw unanswered('GETACL', 'ACL');
      return rights;
    },
  };
}
