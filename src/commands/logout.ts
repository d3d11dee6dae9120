import type { Command } from '../session/command.ts';

/** LOGOUT (RFC 3501 §6.1.3) */
export function logout(): Command<void> {
  return { name: 'LOGOUT', behaviour: { alone: true, leavesUser: true }, finish: () => undefined };
}
