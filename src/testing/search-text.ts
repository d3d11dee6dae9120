import type { MessageContent } from './mime/content.ts';
import { decodeHeader, decodeText, decodeWords } from './mime/decode.ts';
import { isType, type Part } from './mime/structure.ts';

/** Text in the form in which it is compared: case does not count, nor how an accent is composed. */
export function fold(text: string): string {
  return /[\x80-\uffff]/.test(text) ? text.normalize('NFC').toLowerCase() : text.toLowerCase();
}

/** HEADER field-name string: an empty string matches every message that has the field (RFC 3501 §6.4.4). */
export function headerContains(content: MessageContent, name: string, folded: string): boolean {
  return content.header.all(name).some((value) => folded === '' || fold(decodeWords(value)).includes(folded));
}

/** BODY string: what stands in text parts, and in parts of other kinds that are text to read, such as delivery reports. */
export function bodyContains(content: MessageContent, folded: string): boolean {
  return folded === '' || partContains(content.root, folded, false);
}

/** TEXT string: header or body, with the headers of parts and of messages inside. */
export function textContains(content: MessageContent, folded: string): boolean {
  return folded === '' || partContains(content.root, folded, true);
}

function partContains(part: Part, folded: string, withHeaders: boolean): boolean {
  if (withHeaders && fold(decodeHeader(part.header)).includes(folded)) return true;
  if (part.kind !== 'leaf') return part.children.some((child) => partContains(child, folded, withHeaders));
  const isText = !part.contentType || isType(part.contentType, 'text') || isType(part.contentType, 'message');
  return isText && fold(decodeText(part)).includes(folded);
}
