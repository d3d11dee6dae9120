import type { Command } from '../session/command.ts';
import type { ConnectionState, MailboxState } from '../session/state.ts';

/** SELECT or EXAMINE (RFC 3501 §6.3.1, §6.3.2): makes this mailbox the selected one, or none where it is refused. */
export function select(mailbox: MailboxState, connection: ConnectionState): Command<void> {
  const condstore = connection.capabilities.has('CONDSTORE');
  return {
    name: mailbox.examine ? 'EXAMINE' : 'SELECT',
    behaviour: { selects: true },
    write: (writer) => {
      writer.space().mailbox(mailbox.name);
      if (condstore) writer.raw(' (CONDSTORE)');
    },
    started: () => {
      mailbox.selecting();
      connection.selected = mailbox;
    },
    finish: () => mailbox.selected(),
    abandoned: () => {
      if (connection.selected === mailbox) connection.selected = undefined;
    },
  };
}
