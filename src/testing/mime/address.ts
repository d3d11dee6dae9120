import { FieldReader } from './structured.ts';

/** An address of ENVELOPE (RFC 3501 §7.4.2). A group begins with its name as mailbox and no host, and ends with neither. */
export interface Address {
  name: string | null;
  route: string | null;
  mailbox: string | null;
  host: string | null;
}

const GROUP_END: Address = { name: null, route: null, mailbox: null, host: null };
const ATOM = /[^()<>[\]:;@\\,."\s]+/y;

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
    if (inGroup && reader.take(';')) {
      addresses.push(GROUP_END);
      inGroup = false;
      continue;
    }
    const words = readWords(reader);
    if (!inGroup && reader.peek() === ':' && words.length > 0) {
      reader.next();
      addresses.push({ name: null, route: null, mailbox: join(words), host: null });
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
    const spaced = /\s|\(/.test(reader.peek());
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

function join(words: Word[]): string {
  return words.map(({ text, spaced }, index) => (spaced && index > 0 ? ` ${text}` : text)).join('');
}

/** mailbox = name-addr / addr-spec */
function readMailbox(reader: FieldReader, words: Word[]): Address {
  if (reader.take('<')) {
    const name = words.length > 0 ? join(words) : null;
    const address = readAngle(reader);
    return { ...address, name: name ?? reader.lastComment ?? null };
  }
  const mailbox = words.map(({ text }) => text).join('');
  if (reader.take('@')) {
    const host = readDomain(reader);
    reader.skip();
    return { name: reader.lastComment ?? null, route: null, mailbox: mailbox || 'MISSING_MAILBOX', host };
  }
  reader.skip();
  return {
    name: words.length > 0 ? join(words) : null,
    route: null,
    mailbox: 'MISSING_MAILBOX',
    host: 'MISSING_DOMAIN',
  };
}

/** "<" [obs-route] addr-spec ">" after its first character. */
function readAngle(reader: FieldReader): Address {
  reader.skip();
  let route: string | null = null;
  if (reader.peek() === '@') {
    route = reader.match(/[^:>]+/y) ?? '';
    reader.take(':');
  }
  const mailbox = readWords(reader)
    .map(({ text }) => text)
    .join('');
  const host = reader.take('@') ? readDomain(reader) : null;
  reader.skip();
  while (!reader.atEnd && reader.peek() !== '>' && reader.peek() !== ',') reader.next();
  reader.take('>');
  reader.skip();
  return { name: null, route, mailbox: mailbox || 'MISSING_MAILBOX', host: host ?? 'MISSING_DOMAIN' };
}

/** domain = dot-atom / domain-literal */
function readDomain(reader: FieldReader): string | null {
  reader.skip();
  const literal = reader.match(/\[[^\]]*\]/y);
  if (literal !== undefined) return literal;
  const host = readWords(reader)
    .map(({ text }) => text)
    .join('');
  return host === '' ? null : host;
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
