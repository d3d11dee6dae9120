import type { Command } from '../session/command.ts';

/** CHECK (RFC 3501 §6.4.1). */
export function check(): Command<void> {
  return { name: 'CHECK', behaviour: { mailbox: true }, repeat: check, finish: () => undefined };
}
