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
  byUid: boolean;
  /** A key asked for modseqs (RFC 7162 §3.1.10). */
  withModseq: boolean;
  /** Said with the result where several are searched (RFC 7377 §2.1). */
  mailbox?: Mailbox;
}

/** A return option of RFC 4731 as one command asked for it. */
export interface ReturnOption {
  name: string;
  /** The messages that its answer is about. */
  about(found: Message[]): Message[];
  /** What it adds to the ESEARCH response, such as `MIN 3`; only asked where it is about something. */
  write(result: Found): string;
}

interface OptionKind {
  capability?: string;
  parse(name: string, args: Arguments): ReturnOption;
}

const first = (found: Message[]) => found.slice(0, 1);
const last = (found: Message[]) => found.slice(-1);
const every = (found: Message[]) => found;

function simple(about: (found: Message[]) => Message[], value: (numbers: number[]) => string | number): OptionKind {
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
  COUNT: simple(every, (numbers) => numbers.length),
  ALL: simple(every, numberSet),
  /** Keeps what was found as `$` (RFC 5182); is itself not answered. */
  SAVE: { capability: 'SEARCHRES', parse: (name) => ({ name, about: () => [], write: () => '' }) },
};

/** [RETURN SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]; undefined: a plain SEARCH response is wanted. */
export function parseReturn(session: Session, args: Arguments, capability = 'ESEARCH'): ReturnOption[] | undefined {
  const rev2 = capability === 'ESEARCH' && speaksRev2(session);
  if (!(session.offers(capability) || rev2) || args.match(/RETURN /iy) === undefined)
    return rev2 ? [parseOption(session, 'ALL', args)] : undefined;
  const options = args.list(() => parseOption(session, args.word(), args));
  args.space();
  return options.length > 0 ? options : defaultReturn(session, args);
}

export function defaultReturn(session: Session, args: Arguments): ReturnOption[] {
  return [parseOption(session, 'ALL', args)];
}

function parseOption(session: Session, name: string, args: Arguments): ReturnOption {
  const kind = OPTIONS[name];
  if (!kind || (kind.capability !== undefined && !session.offers(kind.capability)))
    throw bad(`Unknown return option ${name}`);
  return kind.parse(name, args);
}

/** esearch-response (RFC 4466 §2.6.2, RFC 4731 §3.1) */
export function writeEsearch(session: Session, options: ReturnOption[], result: Found): void {
  const { found, byUid, withModseq, mailbox } = result;
  const asked = options.filter(({ name }) => name !== 'SAVE');
  if (asked.length === 0) return;
  const answered = asked.filter(({ name }) => name === 'COUNT' || found.length > 0);
  const correlator = [`TAG ${string(session.tag)}`];
  if (mailbox) correlator.push(`MAILBOX ${mailboxName(session, mailbox.name)} UIDVALIDITY ${mailbox.uidValidity}`);
  const parts = ['ESEARCH', `(${correlator.join(' ')})`, ...(byUid ? ['UID'] : [])];
  for (const option of answered) parts.push(option.write(result));
  if (withModseq && found.length > 0)
    parts.push(`MODSEQ ${highestModseq(answered.flatMap((option) => option.about(found)))}`);
  session.untagged(parts.join(' '));
}

/** What SAVE keeps: all that was found, unless only some of it was asked for (RFC 5182 §2.4). */
export function savedBy(options: ReturnOption[], found: Message[]): Message[] | undefined {
  const asked = options.filter(({ name }) => name !== 'SAVE');
  if (asked.length === options.length) return undefined;
  return asked.length === 0 ? found : asked.flatMap((option) => option.about(found));
}

export function highestModseq(messages: Message[]): bigint {
  let highest = 0n;
  for (const { modseq } of messages) if (modseq > highest) highest = modseq;
  return highest;
}
