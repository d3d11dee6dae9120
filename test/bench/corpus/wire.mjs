// Messages as a server writes them, in latin1 strings: one character a byte.
/** @import { Addressee, Envelope, Message, Person, Structure } from './message.mjs' */

/** A quoted string, or a literal where the text has bytes above 127. @param {string | undefined} text */
export function nstring(text) {
  if (text === undefined) return 'NIL';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the bytes that a quoted string may hold
  if (/^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/.test(text)) return `"${text.replace(/[\\"]/g, '\\$&')}"`;
  const bytes = Buffer.from(text, 'utf8');
  return `{${bytes.length}}\r\n${bytes.toString('latin1')}`;
}

/** @param {Person} person */
const address = (person) => `(${nstring(person.rawName)} NIL ${nstring(person.mailbox)} ${nstring(person.host)})`;

/** @param {Addressee[]} list */
function addresses(list) {
  if (list.length === 0) return 'NIL';
  const written = list.map((one) =>
    'group' in one
      ? `(NIL NIL ${nstring(one.group)} NIL)${one.members.map(address).join('')}(NIL NIL NIL NIL)`
      : address(one),
  );
  return `(${written.join('')})`;
}

/** @param {Envelope} e */
export function envelope(e) {
  const lists = [e.from, e.sender, e.replyTo, e.to, e.cc, e.bcc].map(addresses).join(' ');
  return `(${nstring(e.date)} ${nstring(e.rawSubject)} ${lists} ${nstring(e.inReplyTo)} ${nstring(e.messageId)})`;
}

/** @param {[string, string][]} params */
const parameters = (params) =>
  params.length === 0 ? 'NIL' : `(${params.map(([name, value]) => `${nstring(name)} ${nstring(value)}`).join(' ')})`;

/** @param {Structure} s */
function extension(s) {
  const disposition = s.disposition ? `(${nstring(s.disposition.type)} ${parameters(s.disposition.params)})` : 'NIL';
  const language = !s.language
    ? 'NIL'
    : s.language.length === 1
      ? nstring(s.language[0])
      : `(${s.language.map(nstring).join(' ')})`;
  return `${disposition} ${language} ${nstring(s.location)}`;
}

/** @param {Structure} s @returns {string} */
export function structure(s) {
  if (s.parts)
    return `(${s.parts.map(structure).join('')} ${nstring(s.subtype)} ${parameters(s.params)} ${extension(s)})`;
  const media = `${nstring(s.type)} ${nstring(s.subtype)} ${parameters(s.params)}`;
  const fields = `${nstring(s.id)} ${nstring(s.description)} ${nstring(s.encoding)} ${s.size}`;
  const inner = s.envelope && s.body ? ` ${envelope(s.envelope)} ${structure(s.body)}` : '';
  const lines = s.lines === undefined ? '' : ` ${s.lines}`;
  return `(${media} ${fields}${inner}${lines} ${nstring(s.md5)} ${extension(s)})`;
}
