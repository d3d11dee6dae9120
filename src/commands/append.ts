import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import { writeFlags } from '../syntax/flag.ts';
import { isCode } from '../syntax/response-code.ts';
import { formatInternalDate } from '../wire/date-time.ts';

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
export function append(mailbox: string, message: AppendMessage): Command<AppendResult> {
  if (typeof message !== 'object' || message === null)
    throw new UsageError('APPEND: a message is { content, flags?, internalDate? }');
  const { content, flags = [], internalDate } = message;
  return {
    name: 'APPEND',
    behaviour: {},
    write: (writer) => {
      writer.space().mailbox(mailbox).space();
      if (flags.length > 0) {
        writeFlags(writer, flags);
        writer.space();
      }
      if (internalDate !== undefined) writer.quoted(formatInternalDate(internalDate)).space();
      if (typeof content === 'string') writer.literal(Buffer.from(content, 'utf8'));
      else if (content instanceof Uint8Array) writer.literal(content);
      else if (typeof content === 'object' && content !== null && 'stream' in content) writer.literalStream(content);
      else throw new UsageError('APPEND: the content is a string, bytes, or { size, stream }');
    },
    finish: ({ code }) => {
      if (!isCode(code, 'APPENDUID') || code.uidValidity === undefined) return {};
      const uid = code.uids?.first;
      return uid === undefined ? {} : { uid, uidValidity: code.uidValidity };
    },
  };
}
