import type { MessageContent } from './mime/content.ts';
import { decodeHeader, decodeText, decodeWords } from './mime/decode.ts';
import { isType, type Part } from './mime/structure.ts';
import type { Collate } from './order/collation.ts';

/** A text to be looked for. */
export interface Wanted {
  text: string;
  /** How well a text matches, 1 to 100; 0: not at all. */
  score(text: string): number;
}

const WHOLLY = 100;

/** A text that contains it, as texts are compared. */
export function exactly(text: string, collate: Collate): Wanted {
  const key = collate(text);
  return { text, score: (other) => (collate(other).includes(key) ? WHOLLY : 0) };
}

/**
 * FUZZY (RFC 6203): a text in which every word of it stands, or one that is nearly the same: one letter more, less or
 * other in words of four letters, two in words of eight.
 */
export function roughly(text: string, collate: Collate): Wanted {
  const exact = exactly(text, collate);
  const words = wordsOf(text);
  const score = (other: string) => {
    if (exact.score(other) > 0) return WHOLLY;
    const there = [...new Set(wordsOf(other))];
    const scores = words.map((word) => there.reduce((best, one) => Math.max(best, likeness(word, one)), 0));
    if (scores.length === 0 || scores.includes(0)) return 0;
    return Math.max(1, Math.round(scores.reduce((sum, one) => sum + one, 0) / scores.length));
  };
  return { text, score };
}

function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]{1,50}/gu) ?? []
  );
}

/** 0 to 99: two words are the same but for a few letters. */
function likeness(a: string, b: string): number {
  if (a === b) return WHOLLY - 1;
  const allowed = Math.floor(Math.min(a.length, 8) / 4);
  if (Math.abs(a.length - b.length) > allowed) return 0;
  const errors = distance(a, b);
  return errors > allowed ? 0 : Math.round((WHOLLY - 1) * (1 - errors / Math.max(a.length, b.length)));
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** HEADER field-name string: an empty string matches every message that has the field (RFC 3501 §6.4.4). */
export function headerScore(content: MessageContent, name: string, wanted: Wanted): number {
  return best(content.header.all(name), (value) => wanted.score(searchable(decodeWords(value))));
}

/** A field may be folded with a tab: Dovecot and Cyrus take it for a space. */
function searchable(header: string): string {
  return header.replaceAll('\t', ' ');
}

/** BODY string: what stands in text parts, and in parts of other kinds that are text to read, such as delivery reports. */
export function bodyScore(content: MessageContent, wanted: Wanted): number {
  return wanted.text === '' ? WHOLLY : partScore(content.root, wanted, false);
}

/** TEXT string: header or body, with the headers of parts and of messages inside. */
export function textScore(content: MessageContent, wanted: Wanted): number {
  return wanted.text === '' ? WHOLLY : partScore(content.root, wanted, true);
}

function partScore(part: Part, wanted: Wanted, withHeaders: boolean): number {
  const inHeader = withHeaders ? wanted.score(searchable(decodeHeader(part.header))) : 0;
  if (inHeader === WHOLLY) return inHeader;
  if (part.kind !== 'leaf') {
    return Math.max(
      inHeader,
      best(part.children, (child) => partScore(child, wanted, withHeaders)),
    );
  }
  const isText = !part.contentType || isType(part.contentType, 'text') || isType(part.contentType, 'message');
  return isText ? Math.max(inHeader, wanted.score(decodeText(part))) : inHeader;
}

function best<T>(all: readonly T[], scoreOf: (one: T) => number): number {
  let highest = 0;
  for (const one of all) {
    highest = Math.max(highest, scoreOf(one));
    if (highest === WHOLLY) break;
  }
  return highest;
}
