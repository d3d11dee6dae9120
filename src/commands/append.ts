import { type ResponseCode, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { Capabilities } from '../syntax/capability.ts';
import { writeFlags } from '../syntax/flag.ts';
import { isCode } from '../syntax/response-code.ts';
import { formatInternalDate } from '../wire/date-time.ts';
import type { Writer } from '../wire/writer.ts';

/** A message to append. A string is sent as UTF-8; a stream must give exactly `size` bytes. Lines end with CRLF. */
export interface AppendMessage {
  content: string | Uint8Array | { size: number; stream: AsyncIterable<Uint8Array> };
  flags?: string[];
  internalDate?: Date;
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
  capabilities: Capabilities = Capabilities.none,
): Command<AppendResult> {
  return {
    name: 'APPEND',
    behaviour: {},
    write: (writer) => writeMessage(writer.space().mailbox(mailbox), message, capabilities),
    finish: ({ code }) => appended(code, 1)[0] ?? {},
  };
}

/** APPEND of several messages at once (MULTIAPPEND, RFC 3502): all are stored, or none is. */
export function appendAll(
  mailbox: string,
  messages: readonly AppendMessage[],
  capabilities: Capabilities,
): Command<AppendResult[]> {
  return {
    name: 'APPEND',
    ...(messages.length > 1 ? { needs: 'MULTIAPPEND' } : {}),
    behaviour: {},
    write: (writer) => {
      writer.space().mailbox(mailbox);
      for (const message of messages) writeMessage(writer, message, capabilities);
    },
    finish: ({ code }) => appended(code, messages.length),
  };
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
 * append-message = appends-opts SP append-data; append-data = literal / literal8     (RFC 3502 §6.3.11, RFC 4466 §2.2, RFC 3516)
 * NUL needs a literal8, and so BINARY.
 */
export function writeMessage(writer: Writer, message: AppendMessage, capabilities: Capabilities): void {
  const size = sizeOf(message);
  const { content, flags = [], internalDate } = message;
  const { appendLimit } = capabilities;
  if (appendLimit !== undefined && size > appendLimit)
    throw new UsageError(
      `APPEND: the server takes messages up to ${appendLimit} bytes, and this one has ${size}`,
      'TOOBIG',
    );
  writer.space();
  if (flags.length > 0) {
    writeFlags(writer, flags);
    writer.space();
  }
  if (internalDate !== undefined) writer.quoted(formatInternalDate(internalDate)).space();
  if (typeof content === 'object' && 'stream' in content) {
    writer.literalStream(content);
    return;
  }
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
  if (capabilities.has('BINARY') && bytes.includes(0)) writer.literal8(bytes);
  else writer.literal(bytes);
}

/** Bytes of a message's content. Throws UsageError for what is no message. */
export function sizeOf(message: AppendMessage): number {
  if (typeof message !== 'object' || message === null)
    throw new UsageError('APPEND: a message is { content, flags?, internalDate? }');
  const { content } = message;
  if (typeof content === 'string') return Buffer.byteLength(content, 'utf8');
  if (content instanceof Uint8Array) return content.length;
  if (typeof content === 'object' && content !== null && 'stream' in content) return content.size;
  throw new UsageError('APPEND: the content is a string, bytes, or { size, stream }');
}
