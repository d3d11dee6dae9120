import {
  type AppendMessage,
  type AppendResult,
  append,
  appendAll,
  BATCH_BYTES,
  checkMessages,
  mostTogether,
  sizeOfMessage,
} from '../commands/append.ts';
import { close } from '../commands/close.ts';
import { adoptContent, discardContent, isStreamed } from '../commands/message-content.ts';
import { noop } from '../commands/noop.ts';
import { CommandError, ConnectionError, naming, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { callGuarded } from '../session/events.ts';
import type { Link } from '../session/link.ts';
import { type OperationOptions, type RunOptions, readRunOptions } from '../session/operation.ts';
import { limitTime } from '../session/time-limit.ts';
import { sameMailbox } from '../wire/mailbox-name.ts';
import { EarlyEnd } from './early-end.ts';
import { Steps } from './steps.ts';
import { besideTurns, hasUidPlus, marks } from './turns.ts';

/** Commands of one call that are under way together. */
const SINGLE_AT_ONCE = 32;
const BATCHES_AT_ONCE = 8;

/** What `append` takes. */
export interface AppendOptions extends OperationOptions {
  /**
   * Called as soon as a message is known to be stored: with where it is, and which it is of those given, from 0. What it throws
   * is reported as an uncaught exception.
   */
  stored?: ((result: AppendResult, index: number) => void) | undefined;
}

/** See ImapClient.append. */
export async function appendMessage(
  session: Link,
  mailbox: string,
  message: AppendMessage,
  options: AppendOptions,
): Promise<AppendResult> {
  requireStored(options);
  const { capabilities } = session.state;
  leaveReadOnly(session, mailbox);
  const command = append(mailbox, message, capabilities, session.state.appendLimit(mailbox));
  const [[result = {}]] = await Promise.all([
    storing(session, mailbox, [message], command, options).then((stored) => tellStored(options, [stored], 0)),
    notice(session, mailbox),
  ]);
  return result;
}

/** Runs what stores messages: without UIDPLUS what is marked comes before or behind what expunges. */
export async function storing<Result>(
  session: Link,
  mailbox: string,
  messages: readonly AppendMessage[],
  command: Command<Result>,
  options: OperationOptions,
  run = () => session.run(command, options),
): Promise<Result> {
  // What is no name it is refused for.
  if (hasUidPlus(session) || typeof mailbox !== 'string' || !messages.some((one) => marks(one?.flags))) return run();
  try {
    return await besideTurns(session, [mailbox], command.name, options, run);
  } catch (error) {
    // It may have waited in vain.
    command.discard?.();
    throw error;
  }
}

function requireStored({ stored }: AppendOptions): void {
  if (stored !== undefined && typeof stored !== 'function') throw new UsageError('APPEND: stored is no function');
}

/** `first`: which is the first of them. */
function tellStored({ stored }: AppendOptions, results: AppendResult[], first: number): AppendResult[] {
  results.forEach((result, at) => {
    callGuarded(() => stored?.(result, first + at));
  });
  return results;
}

/**
 * Courier appends nothing to a mailbox that is selected read-only: `NO Current box is selected READ-ONLY.` What is selected
 * when the APPEND that follows is due is known only then.
 */
export function leaveReadOnly(session: Link, mailbox: string): void {
  const { state } = session;
  // What is no name the APPEND itself is refused for.
  if (state.server !== 'Courier' || typeof mailbox !== 'string') return;
  const leaves: Command<void> = {
    // Of a mailbox that is selected read-only it expunges nothing.
    ...close(state),
    // Of whatever mailbox is selected.
    behaviour: { selects: true },
    get unsent() {
      return !state.selected?.examine || !sameMailbox(state.selected.name, mailbox);
    },
  };
  // Nobody waits for it: the APPEND comes behind it.
  session.run(leaves).catch(() => {});
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
  options: AppendOptions,
): Promise<AppendResult[]> {
  requireStored(options);
  const given = Array.isArray(messages) ? messages : [];
  checkGiven(session, mailbox, given);
  const most = mostTogether(session.state.capabilities);
  const atOnce = most > 1 ? BATCHES_AT_ONCE : SINGLE_AT_ONCE;
  const results: Promise<AppendResult[]>[] = [];
  let count = 0;
  const end = new EarlyEnd();
  const steps = new Steps();
  const release = watchFor(end, session, readRunOptions('APPEND', options));
  try {
    for await (const batch of batches(messages, most, end)) {
      // Each time: a watch selects it again meanwhile.
      leaveReadOnly(session, mailbox);
      const { capabilities } = session.state;
      const command = appendAll(mailbox, batch, capabilities, session.state.appendLimit(mailbox));
      const first = count;
      const result = steps
        .take(storing(session, mailbox, batch, command, options))
        .then((stored) => tellStored(options, stored, first));
      count += batch.length;
      // A failure is told by the await below, or while the next message is waited for.
      result.catch((error) => end.come(error));
      results.push(result);
      await results[results.length - atOnce];
    }
    const all = await Promise.all([...results, notice(session, mailbox).then(() => [])]);
    return all.flat();
  } catch (error) {
    // An iteration keeps what it was not asked for.
    for (const message of given.slice(count)) discardContent(message?.content);
    throw steps.failure(await lastingFailure(results, error));
  } finally {
    release();
  }
}

/** An iteration gives its messages one by one, an array has all of them; without any the name can be wrong. */
function checkGiven({ state }: Link, mailbox: string, messages: readonly AppendMessage[]): void {
  for (const message of messages) adoptContent(message?.content);
  try {
    naming('APPEND', () => checkMessages(mailbox, messages, state.capabilities, state.appendLimit(mailbox)));
  } catch (error) {
    for (const message of messages) discardContent(message?.content);
    throw error;
  }
}

/**
 * What the call rejects with, once nothing of it is under way any more: a message that is stored afterwards nobody could be
 * told of. A failure that leaves open whether some were stored says more than what came before it.
 */
async function lastingFailure(results: readonly Promise<unknown>[], first: unknown): Promise<unknown> {
  const settled = await Promise.allSettled(results);
  const failures = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const lasting = failures.find(leavesOpen);
  if (lasting !== undefined || !(first instanceof ConnectionError)) return lasting ?? first;
  // That the connection is closed comes before why one of the messages had it closed.
  return failures.find((reason) => !(reason instanceof ConnectionError)) ?? first;
}

/** Of a message that was given up, or whose answer could not be read, nobody knows whether it is stored. */
function leavesOpen(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.maybeExecuted;
  return !(error instanceof CommandError || error instanceof UsageError);
}

/** Has the end come with the signal, with the time, and with the connection. Returns what undoes it. */
function watchFor(end: EarlyEnd, session: Link, options: RunOptions): () => void {
  const release = limitTime('APPEND', options, (reason) => end.come(reason));
  // What runs on a closed connection tells why it can't.
  const lost = () => void session.run({ ...noop(), name: 'APPEND' }).catch((error) => end.come(error));
  const closed = session.listeners.on('close', lost);
  if (session.closed) lost();
  return () => {
    release?.();
    closed();
  };
}

/** A caller's messages, until the end comes: who is stuck is left then, and not waited for. */
async function* givenUntil(
  messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
  end: EarlyEnd,
): AsyncGenerator<AppendMessage> {
  const iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
  let left = true;
  try {
    for (;;) {
      left = false;
      const next = await end.unless(() => iterator.next());
      if (next.done) return;
      left = true;
      yield await next.value;
    }
  } finally {
    const leave = async () => iterator.return?.();
    if (end.reached) leave().catch(() => {});
    else if (left) await end.unless(leave);
  }
}

/** Messages that are sent together. A stream ends its batch: what follows it may be made only once it was read. */
async function* batches(
  messages: Iterable<AppendMessage> | AsyncIterable<AppendMessage>,
  most: number,
  end: EarlyEnd,
): AsyncGenerator<AppendMessage[]> {
  let batch: AppendMessage[] = [];
  let bytes = 0;
  try {
    for await (const message of givenUntil(messages, end)) {
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
    if (batch.length > 0 && !end.reached) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
