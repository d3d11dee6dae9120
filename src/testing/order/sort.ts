import type { Arguments } from '../arguments.ts';
import type { Message } from '../message.ts';
import { type Address, parseAddresses } from '../mime/address.ts';
import { decodeWords } from '../mime/decode.ts';
import { bad } from '../refusal.ts';
import type { Session } from '../session.ts';
import { baseSubject } from './base-subject.ts';
import { type Collate, compareKeys } from './collation.ts';
import { sentDate, wholeSeconds } from './sent-date.ts';

interface SortKind {
  capability?: string;
  key(message: Message, collate: Collate, scoreOf: (message: Message) => number): string | number;
}

const mailboxOf = (field: string): SortKind => ({
  key: ({ content }, collate) => collate(utf8(firstAddress(content.header.all(field))?.mailbox ?? '')),
});

const displayOf = (field: string): SortKind => ({
  capability: 'SORT=DISPLAY',
  key: ({ content }, collate) => collate(display(firstAddress(content.header.all(field)))),
});

/** sort-key (RFC 5256 §3, RFC 5957 §4): a new key is a new row. */
const KEYS: Readonly<Record<string, SortKind>> = {
  ARRIVAL: { key: ({ internalDate }) => wholeSeconds(internalDate) },
  CC: mailboxOf('cc'),
  DATE: { key: sentDate },
  DISPLAYFROM: displayOf('from'),
  DISPLAYTO: displayOf('to'),
  FROM: mailboxOf('from'),
  /** The best matches first (RFC 6203 §6). */
  RELEVANCY: { capability: 'SEARCH=FUZZY', key: (message, _collate, scoreOf) => -scoreOf(message) },
  SIZE: { key: ({ content }) => content.raw.length },
  SUBJECT: { key: ({ content }, collate) => baseSubject(content.header.get('subject') ?? '', collate).key },
  TO: mailboxOf('to'),
};

export interface SortCriterion {
  key(message: Message, scoreOf: (message: Message) => number): string | number;
  reverse: boolean;
}

/** "(" sort-criterion *(SP sort-criterion) ")" with sort-criterion = ["REVERSE" SP] sort-key */
export function parseCriteria(session: Session, args: Arguments): SortCriterion[] {
  const criteria = args.list((): SortCriterion => {
    const word = args.word();
    const reverse = word === 'REVERSE';
    if (reverse) args.space();
    const name = reverse ? args.word() : word;
    const kind = KEYS[name];
    if (!kind || (kind.capability !== undefined && !session.offers(kind.capability)))
      throw bad(`Unknown sort key ${name}`);
    const collate = session.collation.key;
    return { key: (message, scoreOf) => kind.key(message, collate, scoreOf), reverse };
  });
  if (criteria.length === 0) throw bad('No sort keys');
  return criteria;
}

/** The order of the criteria; that of the mailbox where these do not decide, REVERSE or not. */
export function orderOf(
  criteria: readonly SortCriterion[],
  scoreOf: (message: Message) => number,
): (a: Message, b: Message) => number {
  const known = new Map<Message, (string | number)[]>();
  const keysOf = (message: Message) => {
    const keys = known.get(message) ?? criteria.map(({ key }) => key(message, scoreOf));
    known.set(message, keys);
    return keys;
  };
  return (a, b) => {
    const [keysA, keysB] = [keysOf(a), keysOf(b)];
    for (const [index, { reverse }] of criteria.entries()) {
      const order = compare(keysA[index], keysB[index]);
      if (order !== 0) return reverse ? -order : order;
    }
    return a.uid - b.uid;
  };
}

function compare(a: string | number | undefined, b: string | number | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return compareKeys(String(a), String(b));
}

function firstAddress(values: string[]): Address | undefined {
  for (const value of values) {
    const [address] = parseAddresses(value);
    if (address) return address;
  }
  return undefined;
}

/** The name if there is one, else the address (RFC 5957 §3); of a group its name. */
function display(address: Address | undefined): string {
  if (!address) return '';
  if (address.name !== null && address.name !== '') return decodeWords(address.name);
  if (address.host === null) return decodeWords(address.mailbox ?? '');
  return utf8(`${address.mailbox}@${address.host}`);
}

/** Raw 8-bit of a header is read as UTF-8. */
function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
