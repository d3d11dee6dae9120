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

/** BODY string: the text of all text parts, and the headers of messages inside. */
export function bodyContains(content: MessageContent, folded: string): boolean {
  return folded === '' || partContains(content.root, folded);
}

/** TEXT string: header or body. */
export function textContains(content: MessageContent, folded: string): boolean {
  return fold(decodeHeader(content.header)).includes(folded) || bodyContains(content, folded);
}

function partContains(part: Part, folded: string): boolean {
  switch (part.kind) {
    case 'multipart':
      return part.children.some((child) => partContains(child, folded));
    case 'message':
      return part.children.some(
        (child) => fold(decodeHeader(child.header)).includes(folded) || partContains(child, folded),
      );
    default:
      return (!part.contentType || isType(part.contentType, 'text')) && fold(decodeText(part)).includes(folded);
  }
}
