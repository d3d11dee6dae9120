import type { Arguments } from './arguments.ts';
import { mailboxName, speaksRev2 } from './dialect.ts';
import { numberSet, string } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import type { Message } from './message.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';

/** What a search found, in the order of the mailbox. */
export interface Found {
  found: Message[];
  numberOf: (message: Message) => number;
  /** How well a message matches, 1 to 100 (RFC 6203). */
  scoreOf: (message: Message) => number;
  byUid: boolean;
  /** A key asked for modseqs (RFC 7162 §3.1.10). */
  withModseq: boolean;
  /** Said with the result where several are searched (RFC 7377 §2.1). */
  mailbox?: Mailbox;
}

/** A return option of RFC 4731 as one command asked for it. */
export interface ReturnOption {
  name: string;
  /** Is itself not answered. */
  silent?: true;
  /** Is answered where nothing was found too. */
  always?: true;
  /** The messages that its answer is about. */
  about(found: Message[]): Message[];
  /** What it adds to the ESEARCH response, such as `MIN 3`; only asked where it is about something. */
  write(result: Found): string;
}

/** What a command has its return options by. */
export type ReturnCapability = 'ESEARCH' | 'ESORT' | 'MULTISEARCH';

interface OptionKind {
  /** Whether there is such an option; without it there always is. */
  offered?(session: Session, by: ReturnCapability): boolean;
  parse(name: string, args: Arguments, session: Session): ReturnOption;
}

/** CONTEXT=SEARCH or CONTEXT=SORT (RFC 5267 §4) */
const hasContexts = (session: Session, by: ReturnCapability) =>
  by !== 'MULTISEARCH' && session.offers(by === 'ESORT' ? 'CONTEXT=SORT' : 'CONTEXT=SEARCH');

const first = (found: Message[]) => found.slice(0, 1);
const last = (found: Message[]) => found.slice(-1);
const every = (found: Message[]) => found;

function simple(about: (found: Message[]) => Message[], value: (numbers: number[]) => string): OptionKind {
  return {
    parse: (name) => ({
      name,
      about,
      write: ({ found, numberOf }) => `${name} ${value(about(found).map(numberOf))}`,
    }),
  };
}

/** search-return-opt (RFC 4466, RFC 4731 §3.1): a new option is a new row. */
const OPTIONS: Readonly<Record<string, OptionKind>> = {
  MIN: simple(first, numberSet),
  MAX: simple(last, numberSet),
  COUNT: {
    parse: (name) => ({ name, always: true, about: every, write: ({ found }) => `${name} ${found.length}` }),
  },
  ALL: simple(every, numberSet),
  /** Keeps what was found as `$` (RFC 5182); is itself not answered. */
  SAVE: { offered: (session) => session.offers('SEARCHRES'), parse: silent },
  RELEVANCY: {
    offered: (session) => session.offers('SEARCH=FUZZY'),
    parse: (name) => ({
      name,
      about: every,
      write: ({ found, scoreOf }) => `${name} (${found.map(scoreOf).join(' ')})`,
    }),
  },
  /** The result is kept up to date, and may be asked for again (RFC 5267 §4.2, §4.3). */
  UPDATE: { offered: hasContexts, parse: silent },
  CONTEXT: { offered: hasContexts, parse: silent },
  PARTIAL: { offered: (session, by) => session.offers('PARTIAL') || hasContexts(session, by), parse: parsePartial },
};

function silent(name: string): ReturnOption {
  return { name, silent: true, about: () => [], write: () => '' };
}

/** partial-range = nz-number ":" nz-number / "-" nz-number ":" "-" nz-number; the second kind is RFC 9394's. */
export function parseRange(session: Session, args: Arguments): { text: string; slice<T>(all: readonly T[]): T[] } {
  const text = args.match(/-?[1-9]\d{0,9}:-?[1-9]\d{0,9}/y) ?? '';
  const [first = 0, last = 0] = text.split(':').map(Number);
  if (first * last <= 0 || (first < 0 && !session.offers('PARTIAL'))) throw bad('Not a range of results');
  const [low, high] = [Math.min(first, last), Math.max(first, last)];
  return {
    text,
    slice: (all) =>
      low > 0 ? all.slice(low - 1, high) : all.slice(Math.max(0, all.length + low), Math.max(0, all.length + high + 1)),
  };
}

/** "PARTIAL" SP partial-range (RFC 5267 §4.4, RFC 9394 §3.1) */
function parsePartial(name: string, args: Arguments, session: Session): ReturnOption {
  args.space();
  const range = parseRange(session, args);
  return {
    name,
    always: true,
    about: range.slice,
    write: ({ found, numberOf }) => `${name} (${range.text} ${numberSet(range.slice(found).map(numberOf)) || 'NIL'})`,
  };
}

/** [RETURN SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]; undefined: a plain SEARCH response is wanted. */
export function parseReturn(
  session: Session,
  args: Arguments,
  by: ReturnCapability = 'ESEARCH',
): ReturnOption[] | undefined {
  const rev2 = by === 'ESEARCH' && speaksRev2(session);
  // CONTEXT=SEARCH has ESEARCH with it, and CONTEXT=SORT ESORT (RFC 5267 §4).
  const extended = session.offers(by) || hasContexts(session, by);
  if (!(extended || rev2) || args.match(/RETURN /iy) === undefined)
    return rev2 ? defaultReturn(session, args) : undefined;
  const options = args.list(() => parseOption(session, args.word(), args, by));
  args.space();
  if (options.filter(({ name }) => name === 'PARTIAL' || name === 'ALL').length > 1)
    throw bad('One PARTIAL or ALL, and not both');
  // What is asked for twice is told once.
  const each = new Map(options.map((option) => [option.name, option]));
  return each.size > 0 ? [...each.values()] : defaultReturn(session, args);
}

export function defaultReturn(session: Session, args: Arguments): ReturnOption[] {
  return [parseOption(session, 'ALL', args, 'ESEARCH')];
}

function parseOption(session: Session, name: string, args: Arguments, by: ReturnCapability): ReturnOption {
  const kind = OPTIONS[name];
  if (!kind || kind.offered?.(session, by) === false) throw bad(`Unknown return option ${name}`);
  return kind.parse(name, args, session);
}

/** esearch-response (RFC 4466 §3, RFC 4731 §3.1) */
export function writeEsearch(session: Session, options: ReturnOption[], result: Found): void {
  const { found, byUid, withModseq, mailbox } = result;
  const asked = options.filter((option) => !option.silent);
  if (asked.length === 0) return;
  const answered = asked.filter((option) => option.always || found.length > 0);
  const correlator = [`TAG ${string(session.tag)}`];
  if (mailbox) correlator.push(`MAILBOX ${mailboxName(session, mailbox.name)} UIDVALIDITY ${mailbox.uidValidity}`);
  const parts = ['ESEARCH', `(${correlator.join(' ')})`, ...(byUid ? ['UID'] : [])];
  for (const option of answered) parts.push(option.write(result));
  if (withModseq && found.length > 0)
    parts.push(`MODSEQ ${highestModseq(answered.flatMap((option) => option.about(found)))}`);
  session.untagged(parts.join(' '));
}

export function goesOn(options: ReturnOption[]): boolean {
  return options.some(({ name }) => name === 'UPDATE');
}

/** What SAVE keeps: all that was found, unless only some of it was asked for (RFC 5182 §2.4). */
export function savedBy(options: ReturnOption[], found: Message[]): Message[] | undefined {
  if (options.every(({ name }) => name !== 'SAVE')) return undefined;
  const asked = options.filter((option) => !option.silent);
  return asked.length === 0 ? found : asked.flatMap((option) => option.about(found));
}

export function highestModseq(messages: Message[]): bigint {
  let highest = 0n;
  for (const { modseq } of messages) if (modseq > highest) highest = modseq;
  return highest;
}
