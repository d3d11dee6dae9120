import type { Arguments } from './arguments.ts';
import { formatDateTime } from './dates.ts';
import { speaksRev2 } from './dialect.ts';
import { astring, string } from './format.ts';
import { labelsItem } from './gmail.ts';
import { emailId, type Message } from './message.ts';
import { decodeBody } from './mime/decode.ts';
import { preview } from './mime/preview.ts';
import { findPart, type Section, sectionBytes } from './mime/section.ts';
import { bad, no } from './refusal.ts';
import { flagsItem } from './report.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

export interface FetchTarget {
  session: Session;
  view: View;
  message: Message;
}

/** An item of FETCH as one command asked for it. */
export interface FetchItem {
  name: string;
  /** Reading it sets \Seen (RFC 3501 §6.4.5). */
  setsSeen?: boolean;
  /** Asking for it switches modseqs on (RFC 7162 §3.1). */
  usesModseqs?: boolean;
  /** Throws a Refusal for a message of which it cannot be given: before anything of the message is written. */
  check?(target: FetchTarget): void;
  /** Writes its name and its value. */
  write(target: FetchTarget): void;
}

/** A row of the table: reads what follows its name. */
interface ItemKind {
  capability?: string;
  parse(name: string, args: Arguments, session: Session): FetchItem;
}

/** An item without arguments whose value is text. */
function simple(value: (target: FetchTarget) => string): ItemKind {
  return {
    parse: (name) => ({ name, write: (target) => target.session.write(`${name} ${value(target)}`) }),
  };
}

function optional(capability: string, value: (target: FetchTarget) => string): ItemKind {
  return { ...simple(value), capability };
}

function literalItem(name: string, setsSeen: boolean, section: Section): ItemKind {
  return {
    capability: 'IMAP4REV1',
    parse: () => ({
      name,
      setsSeen,
      write: ({ session, message }) => writeLiteral(session, name, sectionBytes(message.content, section)),
    }),
  };
}

/** fetch-att (RFC 3501 §9): a new item is a new row. */
const ITEMS: Readonly<Record<string, ItemKind>> = {
  FLAGS: {
    parse: (name) => ({
      name,
      write: ({ session, view, message }) => session.write(flagsItem(session, view, message)),
    }),
  },
  UID: simple(({ message }) => String(message.uid)),
  INTERNALDATE: simple(({ message }) => `"${formatDateTime(message.internalDate)}"`),
  'RFC822.SIZE': simple(({ message }) => String(message.content.raw.length)),
  MODSEQ: {
    capability: 'CONDSTORE',
    parse: (name) => ({
      name,
      usesModseqs: true,
      write: ({ session, message }) => session.write(`MODSEQ (${message.modseq})`),
    }),
  },
  SAVEDATE: optional('SAVEDATE', ({ message }) => `"${formatDateTime({ at: message.saveDate, zone: 0 })}"`),
  EMAILID: optional('OBJECTID', ({ message }) => `(${emailId(message)})`),
  THREADID: optional('OBJECTID', ({ session, message }) => `(${session.mail.threads.idOf(message)})`),
  'X-GM-MSGID': optional('X-GM-EXT-1', ({ message }) => String(message.contentId)),
  'X-GM-THRID': optional('X-GM-EXT-1', ({ session, message }) => String(session.mail.threads.numberOf(message))),
  'X-GM-LABELS': {
    capability: 'X-GM-EXT-1',
    parse: (name) => ({
      name,
      write: ({ session, view, message }) => session.write(labelsItem(session, view, message)),
    }),
  },
  PREVIEW: {
    capability: 'PREVIEW',
    parse(name, args) {
      // (LAZY) leaves it to the server whether it tells a preview at all; this one always does (RFC 8970 §4.1).
      if (args.match(/ \((?=LAZY\))/iy) !== undefined) args.match(/LAZY\)/iy);
      return { name, write: ({ session, message }) => session.write(`PREVIEW ${string(preview(message.content))}`) };
    },
  },
  ENVELOPE: simple(({ message }) => message.content.envelope),
  BODYSTRUCTURE: simple(({ message }) => message.content.bodyStructure),
  RFC822: literalItem('RFC822', true, { part: [], text: '', fields: [] }),
  'RFC822.HEADER': literalItem('RFC822.HEADER', false, { part: [], text: 'HEADER', fields: [] }),
  'RFC822.TEXT': literalItem('RFC822.TEXT', true, { part: [], text: 'TEXT', fields: [] }),
  BODY: {
    parse: (name, args, session) => (args.peek() === '[' ? bodySection(args, session, true) : wholeBody(name)),
  },
  BINARY: { capability: 'BINARY', parse: (_name, args, session) => binarySection(args, session, true) },
  'BINARY.PEEK': { capability: 'BINARY', parse: (_name, args, session) => binarySection(args, session, false) },
  'BINARY.SIZE': { capability: 'BINARY', parse: (_name, args) => binarySize(args) },
  'BODY.PEEK': { parse: (_name, args, session) => bodySection(args, session, false) },
};

const MACROS: Readonly<Record<string, string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

/** "ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")" */
export function parseFetchItems(session: Session, args: Arguments, byUid: boolean): FetchItem[] {
  const items = parseItems(session, args);
  if (items.length === 0) throw bad('No FETCH items');
  if (byUid && !items.some(({ name }) => name === 'UID')) items.unshift(parseItem(session, 'UID', args));
  // What is asked for twice is told once, as by Dovecot and Cyrus; sections may differ in their length alone.
  return [...new Map(items.map((item) => [item.name.includes('[') ? item : item.name, item])).values()];
}

function parseItems(session: Session, args: Arguments): FetchItem[] {
  if (args.peek() === '(') return args.list(() => parseItem(session, itemName(args), args));
  const name = itemName(args);
  const macro = MACROS[name];
  return macro ? macro.map((item) => parseItem(session, item, args)) : [parseItem(session, name, args)];
}

function itemName(args: Arguments): string {
  return args.match(/[A-Za-z0-9.-]+/y)?.toUpperCase() ?? '';
}

export function parseItem(session: Session, name: string, args: Arguments): FetchItem {
  const kind = ITEMS[name];
  if (!kind || (kind.capability !== undefined && !session.offers(kind.capability)))
    throw bad(`Unknown FETCH item ${name}`);
  return kind.parse(name, args, session);
}

function wholeBody(name: string): FetchItem {
  return { name, write: ({ session, message }) => session.write(`${name} ${message.content.body}`) };
}

/** section ["<" number "." nz-number ">"] */
function bodySection(args: Arguments, session: Session, setsSeen: boolean): FetchItem {
  args.expect('[');
  const section = parseSection(args);
  args.expect(']');
  const partial = parsePartial(args, speaksRev2(session));
  const name = `BODY[${sectionText(section)}]${partial ? `<${partial.start}>` : ''}`;
  return {
    name,
    setsSeen,
    write({ session, message }) {
      writeLiteral(session, name, cut(sectionBytes(message.content, section), partial));
    },
  };
}

interface Partial {
  start: bigint;
  count: bigint;
}

/** ["<" number "." nz-number ">"], in IMAP4rev2 ["<" number64 "." nz-number64 ">"] */
function parsePartial(args: Arguments, rev2: boolean): Partial | undefined {
  if (!args.take('<')) return undefined;
  const start = args.size(rev2);
  args.expect('.');
  const count = args.size(rev2);
  if (count === 0n) throw bad('Expected a number that is not 0');
  args.expect('>');
  return { start, count };
}

function cut(bytes: Buffer | null, partial: Partial | undefined): Buffer | null {
  return partial && bytes ? bytes.subarray(Number(partial.start), Number(partial.start + partial.count)) : bytes;
}

/** section-binary ["<" number "." nz-number ">"] (RFC 3516 §7) */
function binarySection(args: Arguments, session: Session, setsSeen: boolean): FetchItem {
  const part = parseBinarySection(args);
  const partial = parsePartial(args, speaksRev2(session));
  const name = `BINARY[${part.join('.')}]${partial ? `<${partial.start}>` : ''}`;
  return {
    name,
    setsSeen,
    check: ({ message }) => void decodedPart(message, part),
    write: ({ session, message }) => writeLiteral(session, name, cut(decodedPart(message, part), partial)),
  };
}

function binarySize(args: Arguments): FetchItem {
  const part = parseBinarySection(args);
  const name = `BINARY.SIZE[${part.join('.')}]`;
  return {
    name,
    check: ({ message }) => void decodedPart(message, part),
    write: ({ session, message }) => session.write(`${name} ${decodedPart(message, part)?.length ?? 0}`),
  };
}

/** section-binary = "[" [section-part] "]" */
function parseBinarySection(args: Arguments): number[] {
  args.expect('[');
  const { part, text } = parseSection(args);
  if (text !== '') throw bad('BINARY takes part numbers only');
  args.expect(']');
  return part;
}

/** A part with its transfer encoding undone; the whole message as it is. */
function decodedPart({ content }: Message, part: number[]): Buffer | null {
  if (part.length === 0) return content.raw;
  const found = findPart(content.root, part);
  if (!found) return null;
  const decoded = decodeBody(found);
  if (!decoded) throw no('Unknown transfer encoding', 'UNKNOWN-CTE');
  return decoded;
}

/** section-spec (RFC 3501 §9) */
function parseSection(args: Arguments): Section {
  const part: number[] = [];
  while (/\d/.test(args.peek())) {
    part.push(args.nonZeroNumber());
    if (!args.take('.')) return { part, text: '', fields: [] };
  }
  const text = args.match(/[A-Za-z.]+/y)?.toUpperCase() ?? '';
  switch (text) {
    case '':
      if (part.length > 0) throw bad('Bad section');
      return { part, text, fields: [] };
    case 'MIME':
      if (part.length === 0) throw bad('MIME needs a part number');
      return { part, text, fields: [] };
    case 'HEADER':
    case 'TEXT':
      return { part, text, fields: [] };
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      args.space();
      const fields = args.list(() => args.astring());
      if (fields.length === 0) throw bad('No header fields');
      return { part, text, fields };
    }
    default:
      throw bad('Bad section');
  }
}

function sectionText({ part, text, fields }: Section): string {
  // In upper case, as Dovecot gives them back.
  const list = fields.length > 0 ? ` (${fields.map((field) => astring(field.toUpperCase())).join(' ')})` : '';
  return [...part, ...(text === '' ? [] : [text])].join('.') + list;
}

function writeLiteral(session: Session, name: string, bytes: Buffer | null): void {
  if (!bytes) {
    session.write(`${name} NIL`);
    return;
  }
  // literal8 (RFC 3516 §4.3) for what holds NUL, but only where it may stand.
  const nul = bytes.includes(0);
  const binary = nul && name.startsWith('BINARY');
  session.write(`${name} ${binary ? '~' : ''}{${bytes.length}}\r\n`);
  session.write(nul && !binary ? Buffer.from(bytes.map((byte) => byte || 0x80)) : bytes);
}
