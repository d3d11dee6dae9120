import { OPEN } from '../wire/chars.ts';
import { readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import { atNumber, encodingName } from './body-field.ts';

/** A body that does not begin with two strings, as far as its size. */
export interface IrregularBody {
  type: string;
  /** As sent: names and values in turn. */
  params: readonly Slot[];
  disposition?: string;
  /** Absent: a multipart without parts. */
  single?: {
    id?: string;
    description?: string;
    encoding: string;
    size: number;
    /** The body's ")" was taken. */
    ended?: true;
  };
}

type Slot = string | undefined | Slot[];

const DEFAULT_SUBTYPES = new Map([
  ['text', 'plain'],
  ['multipart', 'mixed'],
  ['message', 'rfc822'],
  ...['application', 'image', 'audio', 'video', 'font', 'model'].map((type): [string, string] => [
    type,
    'octet-stream',
  ]),
]);

/**
 * A body behind its "(" as broken servers send it, up to its size, or to its end where it has none:
 *
 *     (NIL NIL NIL NIL NIL "7BIT" 0 …)                   nothing is known: application/octet-stream (Office 365, SIMS 4)
 *     ("APPLICATION" NIL NIL NIL "base64" 356)           no subtype (MailKit #371)
 *     ("X-ZIP" ("BOUNDARY" "") NIL NIL "base64" 4096)    no type (MailKit #371)
 *     ("multipart" "related" (…) NIL NIL "7BIT" 400 …)   a multipart that the server could not take apart (GMX, Exchange)
 *     ("ALTERNATIVE" (…) NIL NIL)                        a multipart without parts (Gmail, MailKit #205)
 *     ("RELATED" NIL ("ATTACHMENT" NIL) NIL)             the same (Gmail, MailKit #777)
 *     (NIL "alternative" (…) NIL NIL NIL)                the same (Dovecot, MailKit #1393)
 *     ()                                                 nothing at all (MailKit #944)
 */
export function readIrregular(reader: Reader): IrregularBody {
  const slots: Slot[] = [];
  while (!reader.close()) {
    if (atSize(reader)) return single(slots, readNumber(reader));
    slots.push(readSlot(reader));
    if (slots.length > 20) reader.fail('the size of a body');
  }
  return withoutSize(slots);
}

/** True at a number that is a whole word: `7bit` is none. */
function atSize(reader: Reader): boolean {
  if (!atNumber(reader)) return false;
  return /^-?\d+[ )]/.test(reader.text.substring(reader.position, Math.min(reader.end, reader.position + 24)));
}

function readSlot(reader: Reader): Slot {
  if (reader.peek() !== OPEN) return reader.nstring();
  const list: Slot[] = [];
  reader.list(() => list.push(readSlot(reader)));
  return list;
}

function single(slots: Slot[], size: number): IrregularBody {
  const [params, id, description, encoding] = slots.slice(-4);
  const media = slots.slice(0, -4).filter((slot) => typeof slot === 'string');
  return {
    type: mediaType(media),
    params: Array.isArray(params) ? params : [],
    single: {
      ...(typeof id === 'string' ? { id } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      encoding: encodingName(typeof encoding === 'string' ? encoding : undefined),
      size,
    },
  };
}

function mediaType([first, second]: string[]): string {
  const type = first?.toLowerCase();
  if (type === undefined || type === '') return 'application/octet-stream';
  if (second !== undefined) return `${type}/${second.toLowerCase()}`;
  const subtype = DEFAULT_SUBTYPES.get(type);
  return subtype === undefined ? `application/${type}` : `${type}/${subtype}`;
}

/** A multipart without parts, unless it names another type. */
function withoutSize(slots: Slot[]): IrregularBody {
  const [first, second] = slots.slice(0, 2).filter((slot) => typeof slot === 'string' && slot !== '');
  const named = typeof first === 'string' ? first.toLowerCase() : undefined;
  if (named === undefined || (named !== 'multipart' && DEFAULT_SUBTYPES.has(named))) {
    return {
      type: mediaType(named === undefined ? [] : [named]),
      params: [],
      single: { encoding: '7bit', size: 0, ended: true },
    };
  }
  const subtype = named !== 'multipart' ? named : typeof second === 'string' ? second.toLowerCase() : 'mixed';
  const at = slots.findIndex((slot) => typeof slot === 'string' && slot.toLowerCase() === subtype);
  const [params, disposition] = slots.slice(at + 1);
  const type = Array.isArray(disposition) ? disposition[0] : undefined;
  return {
    type: `multipart/${subtype}`,
    params: Array.isArray(params) ? params : [],
    ...(typeof type === 'string' ? { disposition: type.toLowerCase() } : {}),
  };
}
