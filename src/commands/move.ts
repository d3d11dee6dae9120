import type { Command } from '../session/command.ts';
import { isCode } from '../syntax/known-response-code.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import { CopiedUids, type CopyResult } from './copy.ts';
import { requireSet, setBehaviour } from './message-set.ts';

/** MOVE, UID MOVE (RFC 6851). Its COPYUID comes in an untagged OK before the EXPUNGEs (§4.3), or in the tagged one. */
export function move(set: MessageSet, target: string): Command<CopyResult> {
  const { uid, text } = formatMessageSet(set);
  const matches = messageMatcher(text);
  const copied = new CopiedUids();
  return {
    name: uid ? 'UID MOVE' : 'MOVE',
    needs: 'MOVE',
    // By UID a COPYUID tells which MOVE it answers.
    behaviour: uid ? setBehaviour(uid, text) : { ...setBehaviour(uid, text), alone: true },
    write: (writer) => writer.space().raw(requireSet(text)).space().mailbox(target),
    code: (code) => {
      if (!isCode(code, 'COPYUID')) return false;
      const [[first] = [0]] = code.source ?? [];
      if (uid && first !== 0 && !matches(first)) return false;
      copied.add(code);
      return true;
    },
    finish: ({ code }) => {
      if (isCode(code, 'COPYUID')) copied.add(code);
      return copied.result();
    },
  };
}
