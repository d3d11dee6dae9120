import type { Command } from '../session/command.ts';

/** DELETEACL (RFC 4314 §3.2) */
export function deleteAcl(mailbox: string, identifier: string): Command<void> {
  return {
    name: 'DELETEACL',
    needs: 'ACL',
    behaviour: {},
    write: (writer) => writer.space().mailbox(mailbox).space().string(identifier),
    finish: () => undefined,
  };
}
