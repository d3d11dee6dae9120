import type { Command } from '../session/command.ts';

/** NOOP (RFC 3501 §6.1.2): lets the server tell what has changed. */
export function noop(): Command<void> {
  return { name: 'NOOP', behaviour: {}, repeat: noop, finish: () => undefined };
}
