import { shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';

/** SETACL (RFC 4314 §3.1): mod-rights = ["+" / "-"] *LOWER-ALPHA and digits, which RFC 2086 defines and RFC 4314 §2 keeps. */
export function setAcl(mailbox: string, identifier: string, rights: string): Command<void> {
  return {
    name: 'SETACL',
    needs: 'ACL',
    behaviour: {},
    write: (writer) => {
      if (typeof rights !== 'string' || !/^[+-]?[a-z0-9]*$/.test(rights))
        throw new UsageError(`not rights: ${shown(rights)}`);
      writer.space().mailbox(mailbox).space().string(identifier).space().string(rights);
    },
    finish: () => undefined,
  };
}
