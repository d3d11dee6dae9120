import type { Command } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { ConnectionState } from '../session/state.ts';
import { readMailboxList } from '../syntax/mailbox-list.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';

/** SELECT or EXAMINE (RFC 3501 §6.3.1, §6.3.2): makes this mailbox the selected one, or none where it is refused. */
export function select(mailbox: MailboxState, connection: ConnectionState): Command<void> {
  const plainly = connection.plainly === mailbox;
  const condstore = connection.capabilities.has('CONDSTORE') && !plainly;
  return {
    name: mailbox.examine ? 'EXAMINE' : 'SELECT',
    about: mailbox.name,
    behaviour: { selects: true },
    write: (writer) => {
      writer.space().mailbox(mailbox.name);
      if (condstore) writer.raw(' (CONDSTORE)');
    },
    leavesOut: true,
    untagged: { LIST: (reader) => readOwnName(reader, mailbox, connection) },
    started: () => connection.select(mailbox),
    finish: () => {
      if (plainly) connection.selectedPlainly();
      connection.entered();
      mailbox.selected();
    },
    abandoned: () => {
      if (connection.selected === mailbox) connection.selected = undefined;
      connection.entered();
    },
  };
}

/** IMAP4rev2 names the mailbox in a LIST, with the name that was asked for as OLDNAME where it is another (RFC 9051 §6.3.2). */
function readOwnName(reader: Reader, mailbox: MailboxState, { utf8 }: ConnectionState): boolean {
  const { name, oldName } = readMailboxList(reader, utf8);
  if (!sameMailbox(oldName ?? name, mailbox.name)) return false;
  mailbox.name = name;
  return true;
}
