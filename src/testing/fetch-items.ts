import type { Arguments } from './arguments.ts';
import { formatDateTime } from './dates.ts';
import { astring, string } from './format.ts';
import { emailId, type Message } from './message.ts';
import { preview } from './mime/preview.ts';
import { type Section, sectionBytes } from './mime/section.ts';
import { bad } from './refusal.ts';
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
  /** Writes its name and its value. */
  write(target: FetchTarget): void;
}

/** A row of the table: reads what follows its name. */
interface ItemKind {
  capability?: string;
  parse(name: string, args: Arguments): FetchItem;
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
    parse: () => ({
      name,
      setsSeen,
      write: ({ session, message }) => writeLiteral(session, name, sectionBytes(message.content, section)),
    }),
  };
}

/** fetch-att (RFC 3501 §9): a new item is a new row. */
const ITEMS: Readonly<Record<string, ItemKind>> = {
  FLAGS: simple(({ view, message }) => `(${view.flags(message).join(' ')})`),
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
  PREVIEW: {
    capability: 'PREVIEW',
    parse(name, args) {
      // (LAZY) leaves it to the server whether it tells a preview at all; this one always does (RFC 8970 §3.2).
      if (args.match(/ \((?=LAZY\))/iy) !== undefined) args.match(/LAZY\)/iy);
      return { name, write: ({ session, message }) => session.write(`PREVIEW ${string(preview(message.content))}`) };
    },
  },
  ENVELOPE: simple(({ message }) => message.content.envelope),
  BODYSTRUCTURE: simple(({ message }) => message.content.bodyStructure),
  RFC822: literalItem('RFC822', true, { part: [], text: '', fields: [] }),
  'RFC822.HEADER': literalItem('RFC822.HEADER', false, { part: [], text: 'HEADER', fields: [] }),
  'RFC822.TEXT': literalItem('RFC822.TEXT', true, { part: [], text: 'TEXT', fields: [] }),
  BODY: { parse: (name, args) => (args.peek() === '[' ? bodySection(args, true) : wholeBody(name)) },
  'BODY.PEEK': { parse: (_name, args) => bodySection(args, false) },
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
  return items;
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
  return kind.parse(name, args);
}

function wholeBody(name: string): FetchItem {
  return { name, write: ({ session, message }) => session.write(`${name} ${message.content.body}`) };
}

/** section ["<" number "." nz-number ">"] */
function bodySection(args: Arguments, setsSeen: boolean): FetchItem {
  args.expect('[');
  const section = parseSection(args);
  args.expect(']');
  let partial: { start: number; count: number } | undefined;
  if (args.take('<')) {
    const start = args.number();
    args.expect('.');
    partial = { start, count: args.nonZeroNumber() };
    args.expect('>');
  }
  const name = `BODY[${sectionText(section)}]${partial ? `<${partial.start}>` : ''}`;
  return {
    name,
    setsSeen,
    write({ session, message }) {
      const bytes = sectionBytes(message.content, section);
      writeLiteral(
        session,
        name,
        partial && bytes ? bytes.subarray(partial.start, partial.start + partial.count) : bytes,
      );
    },
  };
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
  const list = fields.length > 0 ? ` (${fields.map(astring).join(' ')})` : '';
  return [...part, ...(text === '' ? [] : [text])].join('.') + list;
}

function writeLiteral(session: Session, name: string, bytes: Buffer | null): void {
  if (!bytes) {
    session.write(`${name} NIL`);
    return;
  }
  session.write(`${name} {${bytes.length}}\r\n`);
  session.write(bytes);
}
