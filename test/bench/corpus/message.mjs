// Messages made from their number alone: the server renders them, the client's process makes them again to compare.
import { MONTHS, zoneText } from './dates.mjs';

/**
 * @typedef {{ name?: string, rawName?: string, mailbox: string, host: string }} Person  rawName: as it stands on the wire
 * @typedef {Person | { group: string, members: Person[] }} Addressee
 * @typedef {{ date: string, dateMs: number, subject?: string, rawSubject?: string, from: Addressee[], sender: Addressee[],
 *   replyTo: Addressee[], to: Addressee[], cc: Addressee[], bcc: Addressee[], inReplyTo?: string, messageId: string }} Envelope
 * @typedef {{ type: string, subtype: string, params: [string, string][], id?: string, description?: string, encoding?: string,
 *   size?: number, lines?: number, md5?: string, disposition?: { type: string, params: [string, string][] }, language?: string[],
 *   location?: string, filename?: string, parts?: Structure[], envelope?: Envelope, body?: Structure }} Structure
 * @typedef {{ uid: number, seq: number, flags: string[], internalDate: string, internalDateMs: number, size: number,
 *   envelope: Envelope, structure: Structure }} Message
 */

const FIRST = [
  'Ada',
  'Grace',
  'Alan',
  'Edsger',
  'Barbara',
  'Donald',
  'Frances',
  'Ken',
  'Radia',
  'Dennis',
  'Lynn',
  'Niklaus',
];
const LAST = [
  'Lovelace',
  'Hopper',
  'Turing',
  'Dijkstra',
  'Liskov',
  'Knuth',
  'Allen',
  'Thompson',
  'Perlman',
  'Ritchie',
  'Conway',
];
const FOREIGN = ['Łukasz Żółć', 'José Núñez', 'Jürgen Groß', '田中 太郎', 'Владимир Петров', 'Zoë Ångström'];
const HOSTS = ['example.org', 'mail.example.com', 'lists.example.net', 'corp.example.co.uk', 'example.edu'];
const WORDS =
  'meeting invoice report update release draft notes question budget summer schedule review contract photos minutes order'.split(
    ' ',
  );
const FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft', '$Forwarded', '$Label1', 'NonJunk', 'work'];
const ZONES = [0, 60, 120, -300, -480, 330, 540];

/** mulberry32: small, fast, the same everywhere. @param {number} seed */
function generator(seed) {
  let a = (seed * 2654435761) >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return {
    below: (/** @type {number} */ n) => Math.floor(next() * n),
    chance: (/** @type {number} */ p) => next() < p,
    /** @template T @param {readonly T[]} list */
    pick: (list) => /** @type {T} */ (list[Math.floor(next() * list.length)]),
  };
}
/** @typedef {ReturnType<typeof generator>} Random */

const base64Word = (/** @type {string} */ text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
const qWord = (/** @type {string} */ text) =>
  `=?utf-8?Q?${[...Buffer.from(text)].map((b) => (b === 32 ? '_' : b > 126 || b === 61 || b === 63 || b === 95 || b < 33 ? `=${b.toString(16).toUpperCase().padStart(2, '0')}` : String.fromCharCode(b))).join('')}?=`;

/** @param {Random} r @returns {Person} */
function person(r) {
  const first = r.pick(FIRST);
  const last = r.pick(LAST);
  const mailbox = `${first}.${last}${r.below(100)}`.toLowerCase();
  const host = r.pick(HOSTS);
  const kind = r.below(20);
  if (kind < 3) return { mailbox, host };
  if (kind < 5) {
    const name = r.pick(FOREIGN);
    return { name, rawName: kind === 3 ? base64Word(name) : qWord(name), mailbox, host };
  }
  const name = kind === 5 ? `${last}, ${first} "${first[0]}" (Dept. ${r.below(40)})` : `${first} ${last}`;
  return { name, rawName: name, mailbox, host };
}

/** @param {Random} r @param {number} most @returns {Addressee[]} */
function people(r, most) {
  const list = [];
  for (let n = 1 + r.below(most); n > 0; n--) list.push(person(r));
  return list;
}

/** @param {Random} r @returns {{ subject?: string, rawSubject?: string }} */
function subject(r) {
  const words = [];
  for (let n = 2 + r.below(8); n > 0; n--) words.push(r.pick(WORDS));
  const plain = `${r.chance(0.4) ? 'Re: ' : ''}${words.join(' ')} ${r.below(1000)}`;
  const kind = r.below(100);
  if (kind === 0) return {};
  if (kind === 1) return { subject: `${plain} – übermäßig`, rawSubject: `${plain} – übermäßig` };
  if (kind < 12) {
    const text = `${plain} · ${r.pick(FOREIGN)}`;
    return { subject: text, rawSubject: kind < 7 ? base64Word(text) : qWord(text) };
  }
  if (kind < 16) return { subject: `"${plain}" \\o/`, rawSubject: `"${plain}" \\o/` };
  return { subject: plain, rawSubject: plain };
}

/** @param {Random} r @param {string} id @returns {Envelope} */
function envelope(r, id) {
  const dateMs = Date.UTC(2015, 0, 1) + r.below(300_000_000) * 1000;
  const zone = r.pick(ZONES);
  const at = new Date(dateMs + zone * 60_000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const day = `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear()}`;
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())} ${zoneText(zone)}`;
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][at.getUTCDay()];
  const from = [person(r)];
  const many = r.chance(0.03);
  /** @type {Addressee[]} */
  const to = r.chance(0.01) ? [{ group: 'undisclosed-recipients', members: [] }] : people(r, many ? 20 : 3);
  return {
    date: r.chance(0.1) ? `${day} ${time}` : `${weekday}, ${day} ${time}`,
    dateMs,
    ...subject(r),
    from,
    sender: r.chance(0.1) ? [person(r)] : from,
    replyTo: r.chance(0.2) ? [person(r)] : from,
    to,
    cc: r.chance(0.3) ? people(r, 3) : [],
    bcc: r.chance(0.02) ? people(r, 2) : [],
    ...(r.chance(0.4) ? { inReplyTo: `<${r.below(1e9)}.${id}@${r.pick(HOSTS)}>` } : {}),
    messageId: `<${id}.${r.below(1e9)}@${r.pick(HOSTS)}>`,
  };
}

/** @param {Random} r @param {string} subtype @returns {Structure} */
function text(r, subtype) {
  const size = 200 + r.below(20_000);
  return {
    type: 'text',
    subtype,
    params: [
      ['charset', r.pick(['utf-8', 'us-ascii', 'iso-8859-1'])],
      ...(r.chance(0.2) ? [/** @type {[string, string]} */ (['format', 'flowed'])] : []),
    ],
    encoding: r.pick(['7bit', 'quoted-printable', '8bit', 'base64']),
    size,
    lines: 1 + Math.floor(size / 60),
    ...(r.chance(0.1) ? { disposition: { type: 'inline', params: [] } } : {}),
    ...(r.chance(0.05) ? { language: r.pick([['en'], ['de'], ['en', 'de']]) } : {}),
  };
}

/** @param {Random} r @returns {Structure} */
function attachment(r) {
  const [type, subtype, extension] = r.pick([
    ['application', 'pdf', 'pdf'],
    ['image', 'jpeg', 'jpg'],
    ['application', 'octet-stream', 'bin'],
    ['application', 'vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ]);
  const plain = `${r.pick(WORDS)}-${r.below(10_000)}.${extension}`;
  const foreign = `Übersicht ${plain}`;
  const kind = r.below(6);
  const filename = kind < 4 ? plain : foreign;
  /** @type {[string, string]} */
  const parameter =
    kind < 4
      ? ['filename', plain]
      : kind === 4
        ? ['filename*', `UTF-8''${encodeURIComponent(foreign)}`]
        : ['filename', base64Word(foreign)];
  return {
    type,
    subtype,
    params: kind < 4 ? [['name', plain]] : [],
    ...(r.chance(0.2) ? { id: `<part${r.below(1e9)}@${r.pick(HOSTS)}>` } : {}),
    ...(r.chance(0.1) ? { description: `The ${r.pick(WORDS)}` } : {}),
    encoding: 'base64',
    size: 1000 + r.below(5_000_000),
    ...(r.chance(0.02) ? { md5: 'Q2hlY2sgSW50ZWdyaXR5IQ==' } : {}),
    disposition: { type: 'attachment', params: [parameter, ['size', String(r.below(4_000_000))]] },
    filename,
    ...(r.chance(0.02) ? { location: `http://${r.pick(HOSTS)}/${plain}` } : {}),
  };
}

/** @param {Random} r @param {string} subtype @param {Structure[]} parts @returns {Structure} */
const multipart = (r, subtype, parts) => ({
  type: 'multipart',
  subtype,
  params: [['boundary', `----=_Part_${r.below(1e9)}_${r.below(1e9)}`]],
  parts,
});

/** @param {Random} r @param {string} id @returns {Structure} */
function structure(r, id) {
  const kind = r.below(100);
  if (kind < 40) return text(r, 'plain');
  if (kind < 45) return text(r, 'html');
  const alternative = multipart(r, 'alternative', [text(r, 'plain'), text(r, 'html')]);
  if (kind < 70) return alternative;
  const attachments = [];
  for (let n = 1 + r.below(3); n > 0; n--) attachments.push(attachment(r));
  if (kind < 85) return multipart(r, 'mixed', [text(r, 'plain'), ...attachments]);
  if (kind < 95) return multipart(r, 'mixed', [alternative, ...attachments]);
  const inner = kind < 98 ? text(r, 'plain') : alternative;
  /** @type {Structure} */
  const forwarded = {
    type: 'message',
    subtype: 'rfc822',
    params: [],
    encoding: '7bit',
    size: 1500 + r.below(9000),
    lines: 30 + r.below(200),
    envelope: envelope(r, `${id}.fwd`),
    body: inner,
  };
  return multipart(r, 'mixed', [text(r, 'plain'), forwarded]);
}

/** The UID of a sequence number: ascending, with gaps. @param {number} seq */
export const uidOf = (seq) => seq + Math.floor(seq / 7);

/** @param {number} seq */
export function flagsOf(seq) {
  const r = generator(seq + 0x5eed);
  const flags = r.chance(0.7) ? ['\\Seen'] : [];
  for (const flag of FLAGS.slice(1)) if (r.chance(0.12)) flags.push(flag);
  return flags;
}

/** @param {number} seq */
export function internalDateOf(seq) {
  const zone = /** @type {number} */ (ZONES[seq % ZONES.length]);
  const ms = Date.UTC(2016, 2, 1) + seq * 7_919_000;
  const at = new Date(ms + zone * 60_000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const day = String(at.getUTCDate()).padStart(2, ' ');
  const time = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  return { ms, text: `${day}-${MONTHS[at.getUTCMonth()]}-${at.getUTCFullYear()} ${time} ${zoneText(zone)}` };
}

/** @param {number} seq @returns {Message} */
export function messageOf(seq) {
  const r = generator(seq);
  const id = seq.toString(36);
  const date = internalDateOf(seq);
  return {
    uid: uidOf(seq),
    seq,
    flags: flagsOf(seq),
    internalDate: date.text,
    internalDateMs: date.ms,
    size: 1000 + r.below(8_000_000),
    envelope: envelope(r, id),
    structure: structure(r, id),
  };
}
