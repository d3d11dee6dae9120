import { type ResponseCode, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Joining } from '../session/joined.ts';
import { ANNOTATE, writeAnnotations } from '../syntax/annotation.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { isExtension, withoutRecent, writeFlags } from '../syntax/flag.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { formatInternalDate } from '../wire/date-time.ts';
import { Writer } from '../wire/writer.ts';
import {
  adoptContent,
  type Content,
  type ContentPart,
  discardContent,
  hasUrl,
  sizeOf,
  writeContent,
} from './message-content.ts';

export type { Content, ContentPart } from './message-content.ts';

/** What one MULTIAPPEND holds at most; a message that is larger goes alone. */
export const BATCH_BYTES = 1 << 20;
const BATCH_MESSAGES = 100;

/** A message to append. */
export interface AppendMessage {
  /**
   * A string is sent as UTF-8; bytes are not copied: they stay as they are until the call is done. A stream must give exactly
   * `size` bytes. NUL needs BINARY; in a stream it goes as it is, and servers refuse or replace it. Lines end with CRLF.
   * Parts are put together: by the server where one is a URL (CATENATE, RFC 4469; imapUrl() makes them), which it refuses
   * with the code BADURL where it has no such thing.
   */
  content: Content | ContentPart[];
  /** Those of a fetched message, for one: `\Recent`, which is the server's, is left out. */
  flags?: readonly string[] | undefined;
  internalDate?: Date | undefined;
  /** ANNOTATE (RFC 5257): entries `/private/…` or `/shared/…`. */
  annotations?: Record<string, string | Uint8Array> | undefined;
}

/** A message to append, built up by a program: its flags can be changed. `append` takes flags `as const`, too. */
export interface OwnAppendMessage extends AppendMessage {
  flags?: string[] | undefined;
}

/** Where the message is now (UIDPLUS, RFC 4315 §3); empty where the server does not say. */
export interface AppendResult {
  uid?: number;
  uidValidity?: number;
}

/** APPEND (RFC 3501 §6.3.11) */
export function append(
  mailbox: string,
  message: AppendMessage,
  capabilities: Capabilities,
  limit?: number,
): Command<AppendResult> {
  adoptContent(message?.content);
  return {
    name: 'APPEND',
    about: mailbox,
    behaviour: {},
    joining: joiningTo(mailbox, capabilities),
    write: (writer) => writeMessage(writer.space().mailbox(mailbox), message, capabilities, limit),
    discard: () => discardContent(message?.content),
    finish: ({ code }) => appended(code, 1)[0] ?? {},
  };
}

/** Command and mailbox, as write() has them; a name that is a literal is not joined. */
const HEAD = / APPEND "(?:[^"\\]|\\.)*"/;

/** Single ones that are called for side by side go together, as those of appendAll() do. */
function joiningTo(mailbox: string, capabilities: Capabilities): Joining | undefined {
  if (!capabilities.has('MULTIAPPEND')) return undefined;
  const most = mostTogether(capabilities);
  return { needs: 'MULTIAPPEND', to: mailbox, most, mostBytes: BATCH_BYTES, head: HEAD, results };
}

/** Apart: thousands may wait for their turn. */
function results({ code }: StatusResponse, count: number): AppendResult[] {
  return appended(code, count);
}

/** APPEND of several messages at once (MULTIAPPEND, RFC 3502): all are stored, or none is. */
export function appendAll(
  mailbox: string,
  messages: readonly AppendMessage[],
  capabilities: Capabilities,
  limit?: number,
): Command<AppendResult[]> {
  for (const message of messages) adoptContent(message?.content);
  return {
    name: 'APPEND',
    about: mailbox,
    ...(messages.length > 1 ? { needs: 'MULTIAPPEND' } : {}),
    behaviour: {},
    write: (writer) => {
      writer.space().mailbox(mailbox);
      for (const message of messages) writeMessage(writer, message, capabilities, limit);
    },
    discard: () => {
      for (const message of messages) discardContent(message?.content);
    },
    finish: ({ code }) => appended(code, messages.length),
  };
}

/** How many messages one command may hold. */
export function mostTogether(capabilities: Capabilities): number {
  if (!capabilities.has('MULTIAPPEND')) return 1;
  return Math.min(BATCH_MESSAGES, capabilities.saveLimit ?? BATCH_MESSAGES);
}

/** The results of so many messages: their UIDs ascend in the order in which they were sent (RFC 4315 §3). */
export function appended(code: ResponseCode | undefined, count: number): AppendResult[] {
  if (isCode(code, 'APPENDUID') && code.uidValidity !== undefined && code.uids?.size === count) {
    const { uidValidity, uids } = code;
    return Array.from(uids, (uid) => ({ uid, uidValidity }));
  }
  return Array.from({ length: count }, () => ({}));
}

/**
 * append-message = append-opts SP append-data     (RFC 4466 §3)
 * append-opts    = [SP flag-list] [SP date-time] *(SP append-ext)
 * append-ext     =/ "ANNOTATION" SP "(" entry-att *(SP entry-att) ")"     (RFC 5257 §5)
 *
 * `limit`: bytes that a message may have here, where that is known (RFC 7889).
 *
 * Dovecot 2.3 refuses a flag such as `\Unheard` before it reads the message, and takes what was sent of it for commands: with
 * such a flag it is sent once it is asked for.
 */
export function writeMessage(
  writer: Writer,
  message: AppendMessage,
  capabilities: Capabilities,
  limit = capabilities.appendLimit,
): void {
  writeOptions(writer, message, capabilities, limit);
  writeContent(writer, message.content, capabilities.has('BINARY'));
}

/** What stands before the content. */
function writeOptions(
  writer: Writer,
  message: AppendMessage,
  capabilities: Capabilities,
  limit: number | undefined,
): void {
  const size = sizeOfMessage(message);
  const { content, flags: given = [], internalDate, annotations } = message;
  const flags = withoutRecent(given);
  if (limit !== undefined && size > limit)
    throw new UsageError(`the server takes messages up to ${limit} bytes, and this one has ${size}`, 'TOOBIG');
  if (hasUrl(content)) requireCapability(capabilities, 'CATENATE');
  writer.space();
  if (flags.length > 0) {
    writeFlags(writer, flags);
    if (flags.some(isExtension)) writer.asking();
    writer.space();
  }
  if (internalDate !== undefined) writer.quoted(formatInternalDate(internalDate)).space();
  if (annotations !== undefined) {
    requireCapability(capabilities, ANNOTATE);
    writer.raw('ANNOTATION (');
    writeAnnotations(writer, annotations);
    writer.raw(') ');
  }
}

/** Throws UsageError for messages that are all at hand, before any of them is sent. */
export function checkMessages(
  mailbox: string,
  messages: readonly AppendMessage[],
  capabilities: Capabilities,
  limit = capabilities.appendLimit,
): void {
  const writer = new Writer().space().mailbox(mailbox);
  for (const message of messages) writeOptions(writer, message, capabilities, limit);
}

function requireCapability(capabilities: Capabilities, name: string): void {
  if (!capabilities.has(name)) throw new UsageError(`the server does not offer ${name}`, 'MISSING_CAPABILITY');
}

/** Bytes of a message's content, without what URLs stand for. Throws UsageError for what is no message. */
export function sizeOfMessage(message: AppendMessage): number {
  if (typeof message !== 'object' || message === null)
    throw new UsageError('a message is { content, flags?, internalDate? }');
  return sizeOf(message.content);
}
