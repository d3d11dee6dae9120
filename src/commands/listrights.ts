import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailbox, readWords } from '../syntax/mailbox.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import { unanswered } from './unanswered.ts';

/** The rights that someone can be given. */
export interface Rights {
  /** Granted always. */
  required: string;
  /** Each can be granted or not; those of one string only together. */
  optional: string[];
}

/**
 * LISTRIGHTS (RFC 4314 §3.4)
 *
 *     listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)      (RFC 4314 §7)
 */
export function listRights(
  mailbox: string,
  identifier: string,
  connection: Pick<ConnectionState, 'utf8'>,
): Command<Rights> {
  let rights: Rights | undefined;
  return {
    name: 'LISTRIGHTS',
    needs: 'ACL',
    // Of two for the same mailbox, the identifier may be answered in another spelling.
    behaviour: { unmarkedAnswer: true },
    repeat: () => listRights(mailbox, identifier, connection),
    write: (writer) => writer.space().mailbox(mailbox).space().string(identifier),
    untagged: {
      LISTRIGHTS: (reader) => {
        if (!sameMailbox(readMailbox(reader, connection.utf8), mailbox)) return false;
        const [, required = '', ...optional] = readWords(reader);
        rights = { required, optional };
        return true;
      },
    },
    finish: () => {
      if (rights === undefined) throw unanswered('LISTRIGHTS', 'LISTRIGHTS');
      return rights;
    },
  };
}
