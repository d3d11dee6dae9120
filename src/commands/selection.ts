import type { Command } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { ConnectionState } from '../session/state.ts';
import { noop } from './noop.ts';

/** No command of its own: done as soon as its mailbox is selected. */
export function selection(): Command<void> {
  return { name: 'SELECT', behaviour: { mailbox: true }, unsent: true, finish: () => undefined };
}

/** NOOP for a mailbox's news: it waits for the SELECT that may still be under way, and fails with it. */
export function news(): Command<void> {
  return { ...noop(), behaviour: { mailbox: true } };
}

/** Has the mailbox selected, and its news told. */
export function refresh(mailbox: MailboxState, { selected }: ConnectionState): Command<void> {
  return selected === mailbox ? news() : selection();
}
