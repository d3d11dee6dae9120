import type { MessageContent } from './content.ts';
import type { Header, HeaderField } from './header.ts';
import type { Part } from './structure.ts';

/** section-spec (RFC 3501 §6.4.5 and §9) */
export interface Section {
  part: number[];
  text: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  /** Field names as written, for HEADER.FIELDS and HEADER.FIELDS.NOT. */
  fields: string[];
}

/** The bytes of a section; null where the message has no such part. */
export function sectionBytes(content: MessageContent, { part, text, fields }: Section): Buffer | null {
  const { raw } = content;
  if (part.length === 0) {
    if (text === '') return raw;
    return headerOrText(content.header, raw.length, text, fields);
  }
  const found = findPart(content.root, part);
  if (!found) return null;
  if (text === '') return raw.subarray(found.bodyStart, found.bodyEnd);
  if (text === 'MIME') return raw.subarray(found.header.start, found.header.end);
  const message = found.kind === 'message' ? found.children[0] : undefined;
  return message ? headerOrText(message.header, message.bodyEnd, text, fields) : null;
}

function headerOrText(header: Header, end: number, text: Section['text'], fields: string[]): Buffer {
  if (text === 'TEXT') return header.raw.subarray(header.end, end);
  if (text === 'HEADER') return header.raw.subarray(header.start, header.end);
  const names = new Set(fields.map((name) => name.toLowerCase()));
  const wanted = text === 'HEADER.FIELDS';
  return joinFields(
    header,
    header.fields.filter((field) => names.has(field.name) === wanted),
  );
}

/** The fields and the blank line (RFC 3501 §6.4.5: always there but for a message without one). */
function joinFields(header: Header, fields: HeaderField[]): Buffer {
  const pieces = fields.map(({ start, end }) => header.raw.subarray(start, end));
  pieces.push(header.raw.subarray(header.fieldsEnd, header.end));
  return Buffer.concat(pieces);
}

/**
 * Part numbers (RFC 3501 §6.4.5): those of a multipart count its parts; a message/rfc822 is transparent; part 1 of what is no
 * multipart is its body.
 */
export function findPart(root: Part, numbers: number[]): Part | undefined {
  let part: Part | undefined;
  /** What the next number counts in: a multipart, or a message. */
  let container: Part | undefined = root;
  for (const number of numbers) {
    if (container?.kind === 'multipart') part = container.children[number - 1];
    else part = number === 1 ? container : undefined;
    container = part?.kind === 'message' ? part.children[0] : part?.kind === 'multipart' ? part : undefined;
  }
  return part;
}
