import type { Command } from '../session/command.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import { type AppendMessage, type AppendResult, appended, writeMessage } from './append.ts';
import { adoptContent, discardContent } from './message-content.ts';
import { requireUid } from './message-set.ts';

/**
 * UID REPLACE (RFC 8508 §3.3): stores a message and removes another, both or neither. Its APPENDUID comes in an untagged OK
 * (§4.3), or in the tagged one.
 */
export function replace(
  uid: number,
  message: AppendMessage,
  target: string,
  capabilities: Capabilities,
): Command<AppendResult> {
  adoptContent(message?.content);
  let place: KnownResponseCode<'APPENDUID'> | undefined;
  return {
    name: 'UID REPLACE',
    about: target,
    needs: 'REPLACE',
    behaviour: { mailbox: true },
    write: (writer) => {
      requireUid(uid);
      writer.space().set(uid).space().mailbox(target);
      writeMessage(writer, message, capabilities);
    },
    discard: () => discardContent(message?.content),
    code: (code) => {
      if (!isCode(code, 'APPENDUID')) return false;
      place = code;
      return true;
    },
    finish: ({ code }) => appended(isCode(code, 'APPENDUID') ? code : place, 1)[0] ?? {},
  };
}
