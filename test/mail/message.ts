/** Realistic mail, always the same: message i of a seed has the same bytes on every machine, whatever else is made. */
import { makeHeaders } from './headers.ts';
import { type Built, isKind, KIND_WEIGHTS, type Kind, type KindMaking, makeContent } from './kinds.ts';
import { makeOddContent, ODD_KINDS, type OddKind } from './odd.ts';
import type { Facts } from './parts.ts';
import { poolsOf } from './pools.ts';
import { Random } from './random.ts';

export type { Facts, Kind, OddKind };
export { ODD_KINDS };

export interface MailOptions {
  /** Default 1. */
  readonly seed?: number | string;
  /** Of the size in bytes; default 8192. */
  readonly median?: number;
  /** How many in a hundred are malformed or exotic (ODD_KINDS); default 3. */
  readonly oddPercent?: number;
  /** How many in a hundred are \Seen; default 70. */
  readonly seenPercent?: number;
  /** Only these, equally often. */
  readonly kinds?: readonly (Kind | OddKind)[];
  /** Every n-th message is of 5 to 20 MB; default 0, none. */
  readonly bigEvery?: number;
}

export interface MailMessage {
  /** Lines end in CRLF. */
  readonly raw: Buffer;
  readonly flags: string[];
  readonly internalDate: Date;
  readonly facts: Facts;
}

const FIRST_DATE = Date.UTC(2015, 0, 1);
const HOUR = 3_600_000;
const FLAG_CHANCES = [
  ['\\Answered', 0.15],
  ['\\Flagged', 0.05],
  ['\\Draft', 0.02],
  ['\\Deleted', 0.01],
] as const;

export function makeMessage(index: number, options: MailOptions = {}): MailMessage {
  const { median = 8192, oddPercent = 3, seenPercent = 70, kinds, bigEvery = 0 } = options;
  const seed = String(options.seed ?? 1);
  const random = new Random(`${seed}:${index}`);
  const date = FIRST_DATE + index * HOUR + random.integer(0, HOUR - 1000);
  let kind: Kind | OddKind;
  if (kinds) kind = random.pick(kinds);
  else kind = random.chance(oddPercent / 100) ? random.pick(ODD_KINDS) : random.weighted(KIND_WEIGHTS);
  let size = median * 0.62 * Math.exp(1.15 * random.normal());
  if (kind === 'attachment' || kind === 'related') size *= 6;
  size = Math.min(Math.max(size, 120), 4_000_000);
  if (bigEvery > 0 && index % bigEvery === bigEvery - 1) {
    kind = 'attachment';
    size = random.integer(5_000_000, 20_000_000);
  }
  const facts = newFacts(index, kind);
  const { head, body } = build({ random, seed, date, facts, kind, size, depth: 0 });
  const flags = random.fraction() * 100 < seenPercent ? ['\\Seen'] : [];
  for (const [flag, probability] of FLAG_CHANCES) if (random.chance(probability)) flags.push(flag);
  return { raw: Buffer.concat([head, ...body]), flags, internalDate: new Date(date), facts };
}

function newFacts(index: number, kind: string): Facts {
  return {
    index,
    kind,
    subject: '',
    fromName: null,
    fromAddress: null,
    messageId: '',
    inReplyTo: null,
    attachments: [],
  };
}

interface Building {
  readonly random: Random;
  readonly seed: string;
  readonly date: number;
  readonly facts: Facts;
  readonly kind: Kind | OddKind;
  readonly size: number;
  readonly depth: number;
}

function build(building: Building): Built {
  const { random, seed, date, facts, kind, size, depth } = building;
  const headers = makeHeaders({ random, kind, facts, seed, date, top: depth === 0 });
  const making: KindMaking = {
    random,
    pools: poolsOf(seed),
    facts,
    date,
    depth,
    nested: (inner, innerSize, innerDepth) =>
      build({ ...building, facts: newFacts(facts.index, inner), kind: inner, size: innerSize, depth: innerDepth }),
  };
  if (isKind(kind)) {
    const content = makeContent(kind, making, size);
    return { head: Buffer.from(`${headers}MIME-Version: 1.0\r\n${content.headers}\r\n`), body: content.body };
  }
  const content = makeOddContent(kind, making, size);
  const mime = content.noMime ? '' : `MIME-Version: 1.0\r\n${content.headers}`;
  return { head: Buffer.from(headers + mime + (content.headerOnly ? '' : '\r\n')), body: content.body };
}
