import type { Command } from '../session/command.ts';

/** UNSUBSCRIBE (RFC 3501 §6.3.7) */
export function unsubscribe(name: string): Command<void> {
  return {
    name: 'UNSUBSCRIBE',
    about: name,
    behaviour: {},
    write: (writer) => writer.space().mailbox(name),
    finish: () => undefined,
  };
}
