import type { Command } from '../session/command.ts';

/** SUBSCRIBE (RFC 3501 §6.3.6) */
export function subscribe(name: string): Command<void> {
  return {
    name: 'SUBSCRIBE',
    about: name,
    behaviour: {},
    write: (writer) => writer.space().mailbox(name),
    finish: () => undefined,
  };
}
