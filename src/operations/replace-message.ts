import { type AppendMessage, type AppendResult, append } from '../commands/append.ts';
import { withCopied } from '../commands/copy.ts';
import { requireUid } from '../commands/message-set.ts';
import { replace } from '../commands/replace.ts';
import { naming } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import { leaveReadOnly, storing } from './append-messages.ts';
import { noSuchMessage } from './download.ts';
import { deleteStored } from './expunge-messages.ts';
import { messagesThere } from './search-messages.ts';
import { Steps } from './steps.ts';

/** See Mailbox.replace. */
export async function replaceMessage(
  handle: MailboxHandle,
  uid: number,
  message: AppendMessage,
  { target = handle.name, ...options }: OperationOptions & { target?: string },
): Promise<AppendResult> {
  const { session } = handle;
  const { capabilities } = session.state;
  if (capabilities.has('REPLACE')) {
    const replacing = replace(uid, message, target, capabilities);
    return storing(session, target, [message], replacing, options, () => handle.run(replacing, options));
  }
  const command = append(target, message, capabilities);
  const { progress: _, ...others } = options;
  try {
    naming('REPLACE', () => requireUid(uid));
    checkArguments(command);
    // Nothing is stored for a message that is gone.
    const found = await messagesThere(handle, uid, others);
    if (found.length === 0) throw noSuchMessage(uid);
    // Else it would be stored for the user who was let in meanwhile.
    handle.requireOpen('REPLACE');
  } catch (error) {
    command.discard?.();
    throw error;
  }
  leaveReadOnly(session, target);
  const steps = new Steps();
  const result = await steps.take(storing(session, target, [message], command, options));
  try {
    await steps.take(deleteStored(handle, [uid], 'REPLACE', others));
  } catch (error) {
    const { uid: stored, ...place } = result;
    const copied = stored === undefined ? undefined : { ...place, uids: new Map([[uid, stored]]) };
    throw withCopied(error, copied, others.signal);
  }
  return result;
}
