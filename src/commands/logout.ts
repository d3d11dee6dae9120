import type { Command } from '../session/command.ts';

/** LOGOUT (RFC 3501 §6.1.3). `started`: it goes out. */
export function logout(started: () => void = () => {}): Command<void> {
  return { name: 'LOGOUT', behaviour: { alone: true }, started, finish: () => undefined };
}
