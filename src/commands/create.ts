import type { Command } from '../session/command.ts';
import { isCode } from '../syntax/response-code.ts';

/** CREATE (RFC 3501 §6.3.3), with its special use where one is given (RFC 6154 §3). */
export function create(name: string, use?: string): Command<{ mailboxId?: string }> {
  return {
    name: 'CREATE',
    behaviour: {},
    ...(use === undefined ? {} : { needs: 'CREATE-SPECIAL-USE' }),
    write: (writer) => {
      writer.space().mailbox(name);
      if (use !== undefined) writer.raw(' (USE (\\').atom(use.replace(/^\\/, '')).raw('))');
    },
    finish: ({ code }) =>
      isCode(code, 'MAILBOXID') && code.mailboxId !== undefined ? { mailboxId: code.mailboxId } : {},
  };
}
