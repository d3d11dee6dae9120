import type { MessageContent } from './mime/content.ts';
import { decodeHeader, decodeText, decodeWords } from './mime/decode.ts';
import { isType, type Part } from './mime/structure.ts';
import type { Collate } from './order/collation.ts';

/** A text to be looked for, as it compares, and how others are to be compared with it. */
export interface Wanted {
  key: string;
  collate: Collate;
}

/** HEADER field-name string: an empty string matches every message that has the field (RFC 3501 §6.4.4). */
export function headerContains(content: MessageContent, name: string, { key, collate }: Wanted): boolean {
  return content.header.all(name).some((value) => key === '' || collate(decodeWords(value)).includes(key));
}

/** BODY string: what stands in text parts, and in parts of other kinds that are text to read, such as delivery reports. */
export function bodyContains(content: MessageContent, wanted: Wanted): boolean {
  return wanted.key === '' || partContains(content.root, wanted, false);
}

/** TEXT string: header or body, with the headers of parts and of messages inside. */
export function textContains(content: MessageContent, wanted: Wanted): boolean {
  return wanted.key === '' || partContains(content.root, wanted, true);
}

function partContains(part: Part, wanted: Wanted, withHeaders: boolean): boolean {
  const { key, collate } = wanted;
  if (withHeaders && collate(decodeHeader(part.header)).includes(key)) return true;
  if (part.kind !== 'leaf') return part.children.some((child) => partContains(child, wanted, withHeaders));
  const isText = !part.contentType || isType(part.contentType, 'text') || isType(part.contentType, 'message');
  return isText && collate(decodeText(part)).includes(key);
}
