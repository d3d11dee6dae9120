import { type AppendMessage, type AppendResult, append, appendAll, sizeOfMessage } from '../commands/append.ts';
import { isStreamed } from '../commands/message-content.ts';
import { noop } from '../commands/noop.ts';
import { naming } from '../errors.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';

/** What one MULTIAPPEND holds at most; a message that is larger goes alone. */
const BATCH_BYTES = 1 << 20;
const BATCH_MESSAGES = 100;
/** Commands of one call that are under way together. */
const SINGLE_AT_ONCE = 32;
const BATCHES_AT_ONCE = 8;

/** See ImapClient.append. */
export async function appendMessage(
  session: Link,
  mailbox: string,
  message: AppendMessage,
  options: OperationOptions,
): Promise<AppendResult> {
  const { capabilities } = session.state;
  const [result] = await Promise.all([
    session.run(append(mailbox, message, capabilities, session.state.appendLimit(mailbox)), options),
    notice(session, mailbox),
  ]);
  return result;
}

/**
 * Courier and Gmail tell of a message that was appended to the selected mailbox only at the next NOOP (Thunderbird,
 * imapclient): until then a search on Courier does not find it.
 */
async function notice(session: Link, mailbox: string): Promise<void> {
  const { selected } = session.state;
  if (selected === undefined || !sameMailbox(selected.name, mailbox)) return;
  const { server } = session.state;
  if (server !== 'Courier' && server !== 'Gmail') return;
  // The APPEND is what was asked for: only it can fail.
  await session.run(noop()).catch(() => {});
}

/** See ImapClient.append. */
export async function appendMessages(
  session: Link,
  mailbox: string,
  messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
  options: OperationOptions,
): Promise<AppendResult[]> {
  const { saveLimit = BATCH_MESSAGES } = session.state.capabilities;
  const multiple = session.state.capabilities.has('MULTIAPPEND');
  const atOnce = multiple ? BATCHES_AT_ONCE : SINGLE_AT_ONCE;
  const results: Promise<AppendResult[]>[] = [];
  for await (const batch of batches(messages, multiple ? Math.min(BATCH_MESSAGES, saveLimit) : 1)) {
    const result = session.run(
      appendAll(mailbox, batch, session.state.capabilities, session.state.appendLimit(mailbox)),
      options,
    );
    // A failure is told by the await below; until then it is nobody's unhandled rejection.
    result.catch(() => {});
    results.push(result);
    await results[results.length - atOnce];
  }
  const all = await Promise.all([...results, notice(session, mailbox).then(() => [])]);
  return all.flat();
}

/** Messages that are sent together. A stream ends its batch: what follows it may be made only once it was read. */
async function* batches(
  messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
  most: number,
): AsyncGenerator<AppendMessage[]> {
  let batch: AppendMessage[] = [];
  let bytes = 0;
  try {
    for await (const message of messages) {
      const size = naming('APPEND', () => sizeOfMessage(message));
      if (batch.length > 0 && bytes + size > BATCH_BYTES) {
        yield batch;
        batch = [];
        bytes = 0;
      }
      batch.push(message);
      bytes += size;
      if (batch.length < most && !isStreamed(message.content)) continue;
      yield batch;
      batch = [];
      bytes = 0;
    }
  } catch (error) {
    // What came before the failure is sent, as it is without MULTIAPPEND.
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
