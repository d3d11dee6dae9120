import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';

/** CHECK (RFC 3501 §6.4.1); IMAP4rev2 alone has NOOP for it (RFC 9051 Appendix E). */
export function check(connection: ConnectionState): Command<void> {
  return {
    name: connection.capabilities.onlyRev2 ? 'NOOP' : 'CHECK',
    behaviour: { mailbox: true },
    repeat: () => check(connection),
    finish: () => undefined,
  };
}
