import type { Command } from '../session/command.ts';

/** RENAME (RFC 3501 §6.3.5) */
export function rename(from: string, to: string): Command<void> {
  return {
    name: 'RENAME',
    behaviour: {},
    write: (writer) => writer.space().mailbox(from).space().mailbox(to),
    finish: () => undefined,
  };
}
