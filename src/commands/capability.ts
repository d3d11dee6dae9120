import type { Command } from '../session/command.ts';

/** CAPABILITY (RFC 3501 §6.1.1). The answer is taken by the connection's state. */
export function capability(): Command<void> {
  return { name: 'CAPABILITY', behaviour: {}, repeat: capability, finish: () => undefined };
}
