import type { Command } from '../session/command.ts';

/** STARTTLS (RFC 3501 §6.2.1): behind its OK the stream is TLS. */
export function startTls(): Command<void> {
  return { name: 'STARTTLS', behaviour: { alone: true, switchesStream: true }, finish: () => undefined };
}
