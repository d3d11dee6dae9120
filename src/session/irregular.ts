/** Responses that are none by the grammar, and clearly mean something. */
import { requireSyntaxError } from '../errors.ts';
import { isStatusName, readStatus, type StatusResponse } from '../syntax/response.ts';
import { Frame } from '../wire/frame.ts';
import type { Reader } from '../wire/reader.ts';

/** A status response; where its response code can not be read, that is left to the text. */
export function readStatusOrText(reader: Reader): StatusResponse {
  const start = reader.position;
  try {
    return readStatus(reader);
  } catch (error) {
    requireSyntaxError(error);
  }
  const [, word = '', text = ''] = /^([a-z]*) *(.*)/is.exec(reader.text.substring(start, reader.end)) ?? [];
  const status = word.toUpperCase();
  return { status: isStatusName(status) ? status : 'BAD', text };
}

/** Tolerance: an answer that has lost its OK, as RFC 5465 §3.1 itself has it: `d STATUS completed`. */
export function isCompleted(line: string, name: string): boolean {
  const text = line.replace(/^ *[^ ]+ +/, '').toUpperCase();
  return text.startsWith(name.toUpperCase()) && /^ COMPLETED?\b/.test(text.substring(name.length));
}

/** Tolerance: tabs for spaces, as K-9 Mail and MailKit take them. Undefined where there are none outside of quoted strings. */
export function withoutTabs({ line, pieces, literals }: Frame): Frame | undefined {
  if (!line.includes('\t') && !pieces.some((piece) => piece.includes('\t'))) return undefined;
  const frame = Frame.of(spaced(line));
  frame.pieces = pieces.map(spaced);
  frame.literals = literals;
  const same = frame.text === line && frame.pieces.every((piece, index) => piece === pieces[index]);
  return same ? undefined : frame;
}

function spaced(text: string): string {
  if (!text.includes('\t')) return text;
  const parts = text.split('"');
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll('\t', ' ') : part)).join('"');
}
