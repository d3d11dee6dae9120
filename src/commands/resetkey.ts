import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { isCode } from '../syntax/known-response-code.ts';

/**
 * RESETKEY (RFC 4467 §7): every URL that was authorized for a mailbox, or for any, is void. Resolves to the mechanisms that
 * the server then has.
 */
export function resetKey(mailbox: string | undefined, mechanisms: readonly string[]): Command<string[]> {
  if (!Array.isArray(mechanisms)) throw new UsageError('RESETKEY: the mechanisms are an array');
  let told: string[] = [];
  return {
    name: 'RESETKEY',
    needs: 'URLAUTH',
    behaviour: {},
    write: (writer) => {
      if (mailbox === undefined && mechanisms.length > 0) throw new UsageError('a mechanism needs a mailbox');
      if (mailbox !== undefined) writer.space().mailbox(mailbox);
      for (const mechanism of mechanisms) writer.space().atom(mechanism);
    },
    code: (code) => {
      if (!isCode(code, 'URLMECH')) return false;
      told = code.mechanisms ?? [];
      return true;
    },
    finish: ({ code }) => (isCode(code, 'URLMECH') ? (code.mechanisms ?? []) : told),
  };
}
