/** Message headers (RFC 5322, 2047), as they come in. */
import { encodedWords, foldedHeader } from './encoding.ts';
import type { Kind } from './kinds.ts';
import type { OddKind } from './odd.ts';
import type { Facts } from './parts.ts';
import type { Random } from './random.ts';
import { DOMAINS, FIRST_NAMES, LAST_NAMES, OTHER_NAMES, PHRASES, WORDS } from './words.ts';

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const ZONES = [0, 60, 120, 330, -300, -480, 540, -210, 765];
const ODD_DATES = [
  'Tue, 31 Feb 2020 25:61:00 +0000',
  'yesterday',
  '1 Jan 99 00:00 GMT',
  'Mon, 2 Jan 2006 15:04:05 -0700 (MST)',
];
const MAILERS = ['Thunderbird 115', 'Apple Mail (2.3774)', 'Microsoft Outlook 16.0', 'mutt 2.2'];

export function rfcDate(ms: number, zone = 0): string {
  const date = new Date(ms + zone * 60_000);
  const two = (n: number) => String(n).padStart(2, '0');
  const away = Math.abs(zone);
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `${day} ${time} ${zone < 0 ? '-' : '+'}${two(Math.floor(away / 60))}${two(away % 60)}`;
}

export interface HeaderMaking {
  readonly random: Random;
  readonly kind: Kind | OddKind;
  readonly facts: Facts;
  readonly seed: string;
  /** When the message was received, ms. */
  readonly date: number;
  /** Not inside another message. */
  readonly top: boolean;
}

/** All header lines but those of MIME. Completes the facts. */
export function makeHeaders(making: HeaderMaking): string {
  const { random, kind, facts, seed, date, top } = making;
  const { subject, header: subjectHeader, parent } = makeSubject(making);
  const zone = random.pick(ZONES);
  let out = top ? trace(random, date, zone) : '';
  if (kind !== 'no-date') {
    const shown = random.chance(0.03) ? random.pick(ODD_DATES) : rfcDate(date - random.integer(0, 90) * 1000, zone);
    out += `Date: ${shown}\r\n`;
  }
  const from = address(random, facts);
  if (kind === 'no-from') facts.fromName = facts.fromAddress = null;
  else out += `From: ${from}\r\n`;
  out += recipients(random, kind);
  facts.subject = subject;
  out += subjectHeader;
  facts.messageId = top ? messageId(seed, facts.index) : `<${random.hex(16)}@example.org>`;
  out += `Message-ID: ${facts.messageId}\r\n`;
  if (parent !== undefined) {
    facts.inReplyTo = messageId(seed, parent);
    out += `In-Reply-To: ${facts.inReplyTo}\r\n${references(random, seed, parent)}`;
  }
  return out + extraHeaders(random, kind, top);
}

interface Subject {
  readonly subject: string | null;
  readonly header: string;
  /** The index of the message that this one answers. */
  readonly parent: number | undefined;
}

function makeSubject({ random, kind, facts, top }: HeaderMaking): Subject {
  const { index } = facts;
  const words = (count: number) => Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
  let subject = words(random.integer(1, 9));
  subject = subject.slice(0, 1).toUpperCase() + subject.slice(1);
  const way = random.fraction();
  const answers = top && index > 0 && random.chance(0.35);
  const parent = answers ? Math.max(0, index - 1 - Math.floor(Math.abs(random.normal()) * 12)) : undefined;
  if (answers) subject = random.pick(['Re: ', 'Re: ', 'RE: ', 'Fwd: ', 'AW: ', 'Re: Re: ']) + subject;
  let header = '';
  if (way < 0.22) {
    const charset = random.chance(0.55) ? 'utf-8' : random.pick(Object.keys(PHRASES));
    const phrases = PHRASES[charset] ?? [];
    const more = random.pick(phrases);
    subject = more + (random.chance(0.4) ? ` ${random.pick(phrases)} ${subject}` : '');
    const label = random.chance(0.5) ? charset.toUpperCase() : charset;
    header = `Subject: ${encodedWords(subject, label, random.chance(0.5) ? 'B' : 'Q')}\r\n`;
  } else if (way < 0.26) {
    subject = words(random.integer(25, 60));
    header = foldedHeader('Subject', subject.split(' '));
  } else if (way < 0.28) {
    subject = '';
    header = random.chance(0.5) ? 'Subject: \r\n' : '';
  } else {
    header = `Subject: ${subject}\r\n`;
  }
  return { parent, ...(oddSubject(kind) ?? { subject, header }) };
}

function oddSubject(kind: Kind | OddKind): { subject: string | null; header: string } | undefined {
  if (kind === 'raw8-header') return { subject: 'Grüße raw 8-bit', header: 'Subject: Grüße raw 8-bit\r\n' };
  if (kind !== 'bad-encoded-word') return undefined;
  const header =
    'Subject: =?utf-8?B?4pyTIG9r?= =?utf-8?X?bad?= =?iso-8859-1?Q?open\r\n =?utf-8?Q?=E2=9C?= =?utf-8?Q?=93_split_char?=\r\n';
  return { subject: null, header };
}

/** What relays and signers put on top. */
function trace(random: Random, date: number, zone: number): string {
  let out = '';
  for (let hop = random.integer(1, 4); hop > 0; hop--) {
    const from = `${random.pick(['mx', 'relay', 'out'])}${hop}.${random.pick(DOMAINS)}`;
    const peer = `${random.pick(['unknown', 'mail.example.net'])} [192.0.2.${random.integer(1, 254)}]`;
    const id = random.hex(10).toUpperCase();
    out += `Received: from ${from} (${peer})\r\n\tby in${hop}.example.org (Postfix) with ESMTPS id ${id}\r\n`;
    out += `\tfor <someone@example.org>; ${rfcDate(date - hop * 1000, zone)}\r\n`;
  }
  if (random.chance(0.4)) {
    out += `DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s${random.integer(1, 9)};\r\n`;
    out += `\th=from:to:subject:date:message-id; bh=${random.hex(43)}=;\r\n`;
    out += `\tb=${Array.from({ length: 5 }, () => random.hex(64)).join('\r\n\t ')}\r\n`;
  }
  return out;
}

/** A mailbox; with `facts`, the one that goes into From. */
function address(random: Random, facts?: Facts): string {
  const { name, local, phrase } = random.chance(0.18) ? otherName(random) : englishName(random);
  const bare = `${local}@${random.pick(DOMAINS)}`;
  if (facts) {
    facts.fromName = name;
    facts.fromAddress = bare;
  }
  const withoutName = random.chance(0.06);
  return withoutName && !facts ? bare : `${phrase} <${bare}>`;
}

interface Name {
  readonly name: string;
  readonly local: string;
  /** The name as it stands in the header. */
  readonly phrase: string;
}

function otherName(random: Random): Name {
  const [name, charset] = random.pick(OTHER_NAMES);
  const chosen = random.chance(0.6) ? 'utf-8' : charset;
  const local = `u${random.hex(5)}`;
  return { name, local, phrase: encodedWords(name, chosen, random.chance(0.5) ? 'B' : 'Q') };
}

function englishName(random: Random): Name {
  const first = random.pick(FIRST_NAMES);
  const last = random.pick(LAST_NAMES);
  const name = `${first} ${last}`;
  const local = `${first}.${last}`.toLowerCase().replace(/[^a-z.]/g, '');
  if (random.chance(0.3)) return { name: `${last}, ${first}`, local, phrase: `"${last}, ${first}"` };
  if (random.chance(0.05)) {
    const initial = first.slice(0, 1);
    return { name: `${first} "${initial}" ${last}`, local, phrase: `"${first} \\"${initial}\\" ${last}"` };
  }
  return { name, local, phrase: /^[\w ]+$/.test(name) ? name : `"${name}"` };
}

function recipients(random: Random, kind: Kind | OddKind): string {
  if (kind === 'group-address') {
    return 'To: undisclosed-recipients:;\r\nCc: Team: a@example.org, "B, b" <b@example.org>;, c@example.org\r\n';
  }
  const counts = [
    [70, 1],
    [20, 3],
    [8, 12],
    [2, 80],
  ] as const;
  const count = random.weighted(counts);
  const list = Array.from({ length: count }, (_, k) => address(random) + (k < count - 1 ? ',' : ''));
  let out = foldedHeader('To', list, '\t');
  if (random.chance(0.15)) out += `Cc: ${address(random)}\r\n`;
  if (random.chance(0.1)) out += `Reply-To: ${address(random)}\r\n`;
  return out;
}

/** The same for one seed and index, so that an answer can name messages that are not made yet. */
function messageId(seed: string, index: number): string {
  const number = (Math.imul(index + 1, 2654435761) >>> 0).toString(36);
  return `<${number}.${index}.${seed.replace(/[^\w-]/g, '')}@mail.${DOMAINS[index % DOMAINS.length]}>`;
}

function references(random: Random, seed: string, parent: number): string {
  const ids: string[] = [];
  let left = random.integer(1, 14);
  for (let index = parent; index >= 0 && left > 0; index -= 1 + (index % 3), left--)
    ids.unshift(messageId(seed, index));
  return foldedHeader('References', ids);
}

function extraHeaders(random: Random, kind: Kind | OddKind, top: boolean): string {
  let out = '';
  if (kind === 'list') {
    out +=
      'List-Id: Test discussion <test.lists.example.org>\r\n' +
      'List-Unsubscribe: <mailto:test-leave@lists.example.org>,\r\n\t<https://lists.example.org/leave>\r\n' +
      'Precedence: list\r\nSender: test-bounces@lists.example.org\r\n';
  }
  if (top && random.chance(0.5)) out += `X-Mailer: ${random.pick(MAILERS)}\r\n`;
  if (top && random.chance(0.3)) {
    const score = (random.fraction() * 5 - 2).toFixed(1);
    out +=
      `X-Spam-Status: No, score=${score} required=5.0 tests=BAYES_00,DKIM_SIGNED,\r\n` +
      '\tDKIM_VALID,HTML_MESSAGE autolearn=ham version=3.4.6\r\n';
  }
  if (kind === 'dup-headers') out += 'Subject: second subject\r\nFrom: second@example.org\r\nX-Dup: 1\r\nX-Dup: 2\r\n';
  if (kind === 'huge-header') {
    const values = Array.from({ length: 3000 }, () => random.hex(12));
    out += foldedHeader('X-Huge', values, '\t');
  }
  return out;
}
