import type { Command } from '../session/command.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import { type CopyResult, copied } from './copy.ts';
import { requireSet, setBehaviour } from './message-set.ts';

/** MOVE, UID MOVE (RFC 6851). Its COPYUID comes in an untagged OK before the EXPUNGEs (§4.3), or in the tagged one. */
export function move(set: MessageSet, target: string): Command<CopyResult> {
  const { uid, text } = formatMessageSet(set);
  const codes: KnownResponseCode<'COPYUID'>[] = [];
  return {
    name: uid ? 'UID MOVE' : 'MOVE',
    needs: 'MOVE',
    behaviour: setBehaviour(uid, text),
    write: (writer) => writer.space().raw(requireSet(text)).space().mailbox(target),
    code: (code) => {
      if (!isCode(code, 'COPYUID')) return false;
      codes.push(code);
      return true;
    },
    finish: ({ code }) => copied(isCode(code, 'COPYUID') ? [...codes, code] : codes),
  };
}
