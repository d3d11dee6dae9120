import type { Command } from '../session/command.ts';

/** No command of its own: done as soon as its mailbox is selected. */
export function selection(): Command<void> {
  return { name: 'SELECT', behaviour: { mailbox: true }, unsent: true, finish: () => undefined };
}
