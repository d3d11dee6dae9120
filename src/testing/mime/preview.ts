import { utf8Bytes } from '../format.ts';
import type { MessageContent } from './content.ts';
import { decodeText } from './decode.ts';
import { isType, type Part } from './structure.ts';

/** No more characters than these (RFC 8970 §3.3). */
const MAX_LENGTH = 200;
/** What is looked at: tags and white space go. */
const MAX_EXAMINED = 20_000;

/** The beginning of the text that a reader would see, in UTF-8, one character a byte; '' where there is none. */
export function preview(content: MessageContent): string {
  const part = firstText(content.root, 'plain') ?? firstText(content.root, 'html');
  if (!part) return '';
  const text = decodeText(part).slice(0, MAX_EXAMINED);
  const plain = isType(part.contentType, 'text', 'html') ? withoutTags(text) : text;
  return utf8Bytes([...plain.replace(/\s+/g, ' ').trim()].slice(0, MAX_LENGTH).join(''));
}

function firstText(part: Part, subtype: string): Part | undefined {
  if (part.kind !== 'leaf') {
    for (const child of part.children) {
      const found = firstText(child, subtype);
      if (found) return found;
    }
    return undefined;
  }
  const matches = part.contentType ? isType(part.contentType, 'text', subtype) : subtype === 'plain';
  return matches ? part : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', nbsp: ' ' };

function withoutTags(html: string): string {
  return html
    .replace(/<(style|script|head)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(lt|gt|amp|quot|nbsp);/g, (_, name: string) => ENTITIES[name] ?? ' ');
}
