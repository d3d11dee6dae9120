import type { Command } from '../session/command.ts';

/** DELETE (RFC 3501 §6.3.4) */
export function deleteMailbox(name: string): Command<void> {
  return {
    name: 'DELETE',
    about: name,
    behaviour: {},
    write: (writer) => writer.space().mailbox(name),
    finish: () => undefined,
  };
}
