import { FieldReader } from './structured.ts';

/** An address of ENVELOPE (RFC 3501 §7.4.2). A group begins with its name as mailbox and no host, and ends with neither. */
export interface Address {
  name: string | null;
  route: string | null;
  mailbox: string | null;
  host: string | null;
}

const GROUP_END: Address = { name: null, route: null, mailbox: null, host: null };
/** What stands for the part of an address that cannot be read, as with Dovecot. */
const MISSING_MAILBOX = 'MISSING_MAILBOX';
const MISSING_DOMAIN = 'MISSING_DOMAIN';
const ATOM = /[^()<>[\]:;@\\,." \t\r\n]+/y;

/** address-list (RFC 5322 §3.4 and §4.4), as far as it can be read. */
export function parseAddresses(text: string): Address[] {
  const reader = new FieldReader(text);
  const addresses: Address[] = [];
  let inGroup = false;
  for (;;) {
    reader.lastComment = undefined;
    reader.skip();
    if (reader.atEnd) break;
    if (reader.take(',')) continue;
    if (reader.take(';')) {
      if (inGroup) addresses.push(GROUP_END);
      inGroup = false;
      continue;
    }
    const words = readWords(reader);
    if (!inGroup && reader.peek() === ':' && words.length > 0) {
      reader.next();
      addresses.push({ name: null, route: null, mailbox: phrase(words), host: null });
      inGroup = true;
      continue;
    }
    addresses.push(readMailbox(reader, words));
    skipRest(reader);
  }
  if (inGroup) addresses.push(GROUP_END);
  return addresses;
}

interface Word {
  text: string;
  /** White space or a comment stood before it. */
  spaced: boolean;
}

/** *(atom / quoted-string / ".") */
function readWords(reader: FieldReader): Word[] {
  const words: Word[] = [];
  for (;;) {
    const spaced = /[ \t\r\n(]/.test(reader.peek());
    reader.skip();
    const next = reader.peek();
    if (next === '"') words.push({ text: reader.quoted(), spaced });
    else if (next === '.') words.push({ text: reader.next(), spaced });
    else {
      const atom = reader.match(ATOM);
      if (atom === undefined) return words;
      words.push({ text: atom, spaced });
    }
  }
}

/** A phrase: the words with white space where it stood. */
function phrase(words: Word[]): string {
  return words.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join('');
}

/** A local part or a domain: old syntax has white space around the dots (RFC 5322 §4.4), which does not count. */
function dotAtom(words: Word[]): string {
  return words.map(({ text }) => text).join('');
}

/** mailbox = name-addr / addr-spec. A single word is taken for a mailbox, several for a name, as Dovecot does it. */
function readMailbox(reader: FieldReader, words: Word[]): Address {
  if (reader.take('<')) {
    const address = readAngle(reader);
    return { ...address, name: phrase(words) || reader.lastComment || null };
  }
  const hasHost = reader.take('@');
  const host = (hasHost && readDomain(reader)) || MISSING_DOMAIN;
  reader.skip();
  const name = reader.lastComment ?? null;
  if (dotAtomLength(words) < words.length)
    return { name: phrase(words), route: null, mailbox: MISSING_MAILBOX, host: MISSING_DOMAIN };
  return { name, route: null, mailbox: dotAtom(words) || MISSING_MAILBOX, host };
}

/** "<" [obs-route] addr-spec ">" after its first character. */
function readAngle(reader: FieldReader): Address {
  reader.skip();
  const route = reader.match(/@[^:>]*(?=:)/y) ?? null;
  if (route !== null) reader.take(':');
  const mailbox = dotAtom(readWords(reader)) || MISSING_MAILBOX;
  const host = (reader.take('@') && readDomain(reader)) || MISSING_DOMAIN;
  reader.skip();
  while (!reader.atEnd && reader.peek() !== '>' && reader.peek() !== ',') reader.next();
  reader.take('>');
  reader.skip();
  return { name: null, route, mailbox, host };
}

/** domain = dot-atom / domain-literal / obs-domain */
function readDomain(reader: FieldReader): string {
  reader.skip();
  const literal = reader.match(/\[[^\]]*\]/y);
  if (literal !== undefined) return literal;
  const words = readWords(reader);
  return dotAtom(words.slice(0, dotAtomLength(words)));
}

/** How many of the words have dots between them. */
function dotAtomLength(words: Word[]): number {
  const end = words.findIndex(({ text }, index) => index > 0 && text !== '.' && words[index - 1]?.text !== '.');
  return end < 0 ? words.length : end;
}

/** To the comma that ends what could not be read. */
function skipRest(reader: FieldReader): void {
  for (;;) {
    reader.skip();
    const next = reader.peek();
    if (next === '' || next === ',' || next === ';') return;
    if (next === '"') reader.quoted();
    else reader.next();
  }
}
