import type { Command } from '../session/command.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import type { UidSet } from '../wire/uid-set.ts';
import { setBehaviour } from './message-set.ts';

/** How many messages went, and which, where that is known. */
export interface ExpungeResult {
  expunged: number;
  uids?: UidSet;
}

/** EXPUNGE (RFC 3501 §6.4.3), or UID EXPUNGE of a set (RFC 4315 §2.1) */
export function expunge(set?: MessageSet): Command<void> {
  return {
    name: set === undefined ? 'EXPUNGE' : 'UID EXPUNGE',
    behaviour: set === '$' ? setBehaviour(true, '$') : { mailbox: true },
    ...(set === undefined ? {} : { needs: 'UIDPLUS' }),
    write: (writer) => {
      if (set !== undefined) writer.space().set(set);
    },
    finish: () => undefined,
  };
}
