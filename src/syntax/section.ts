import { shown, UsageError } from '../errors.ts';
import { CLOSE_BRACKET, isAtom, OPEN, SPACE } from '../wire/chars.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import type { Reader } from '../wire/reader.ts';

const SPEC = /^(?:(\d+(?:\.\d+)*)(?:\.|$))?(HEADER|TEXT|MIME|HEADER\.FIELDS(?:\.NOT)? ?\(([^()]*)\))?$/i;
const PART = /^[1-9]\d{0,9}(?:\.[1-9]\d{0,9})*$/;

/**
 * The text between the brackets of BODY[…], checked and in the one form that it is sent and compared in: upper case,
 * header names as atoms with one space between them. Throws UsageError for what is no section.
 *
 *     section      = "[" [section-spec] "]"                                       (RFC 3501 §9)
 *     section-spec = section-msgtext / (section-part ["." section-text])
 *     section-part = nz-number *("." nz-number)
 *     section-msgtext = "HEADER" / "HEADER.FIELDS" [".NOT"] SP header-list / "TEXT"
 *     section-text = section-msgtext / "MIME"
 */
export function parseSection(text: string): string {
  if (text === '') return text;
  const match = typeof text === 'string' ? SPEC.exec(text) : null;
  const [, part, spec, names] = match ?? [];
  if (match === null || (part === undefined && spec === undefined) || text.endsWith('.')) return refuse(text);
  if (part !== undefined && !PART.test(part)) return refuse(text);
  if (part === undefined && spec?.toUpperCase() === 'MIME') return refuse(text);
  const prefix = part === undefined ? '' : spec === undefined ? part : `${part}.`;
  if (spec === undefined) return prefix;
  if (names === undefined) return prefix + spec.toUpperCase();
  const not = /^HEADER\.FIELDS\.NOT/i.test(spec) ? '.NOT' : '';
  return `${prefix}HEADER.FIELDS${not} ${headerList(names.trim().split(/ +/))}`;
}

/** The section of some fields of the message's header: `HEADER.FIELDS (FROM TO)`. Throws UsageError for what is no field name. */
export function headerFieldsSection(names: readonly string[]): string {
  if (!Array.isArray(names)) throw new UsageError('names of header fields come in an array');
  if (names.length === 0) throw new UsageError('no header field is named');
  return `HEADER.FIELDS ${headerList(names)}`;
}

/** section-part (RFC 3501 §9), what BINARY takes: throws UsageError for anything else, but for '', the whole message. */
export function parsePart(text: string): string {
  if (typeof text !== 'string' || (text !== '' && !PART.test(text))) return refuse(text);
  return text;
}

/**
 * header-list = "(" header-fld-name *(SP header-fld-name) ")"; header-fld-name = astring (RFC 3501 §9): sent as atoms,
 * for mailo.com takes no quoted ones. A field's name has no ":" (RFC 5322 §3.6.8).
 */
function headerList(given: readonly string[]): string {
  // What is checked is what is sent.
  const names = [...given];
  for (const name of names) {
    if (typeof name !== 'string' || !isAtom(name) || name.includes(':'))
      throw new UsageError(`not the name of a header field: ${shown(name)}`);
  }
  return `(${names.join(' ').toUpperCase()})`;
}

function refuse(text: unknown): never {
  throw new UsageError(`not a section of a message: ${shown(text)}`);
}

/**
 * What stands between the brackets of BODY[…] in a response, behind its "[", in the form of parseSection; takes the "]".
 * Header names may come quoted or as literals.
 */
export function readSection(reader: Reader): string {
  const { text, position, end } = reader;
  if (reader.take(CLOSE_BRACKET)) return '';
  const close = text.indexOf(']', position);
  // Nothing is looked for behind the bracket: ten thousand sections may follow, and each would be looked through for each.
  const section = close < 0 || close >= end ? undefined : text.substring(position, close);
  if (section === undefined || section.includes('(')) return readHeaderSection(reader);
  reader.position = close + 1;
  return section.trim().toUpperCase();
}

function readHeaderSection(reader: Reader): string {
  let section = reader.name().toUpperCase();
  while (!reader.take(CLOSE_BRACKET)) {
    if (reader.peek() === OPEN) {
      const names: string[] = [];
      reader.list(() => names.push(reader.astring().toUpperCase()));
      section += ` (${names.join(' ')})`;
    } else if (!reader.take(SPACE)) {
      reader.fail('the end of a section');
    }
  }
  return section;
}

/** Some of the bytes of a section. */
export interface ByteRange {
  offset: number;
  length: number;
}

/** Some of the bytes of a section that is no whole message. */
export interface SectionSlice extends ByteRange {
  section: string;
}

/** A section in the form of parseSection, and which of its bytes where not all of them. */
export interface AskedSection {
  section: string;
  range?: ByteRange;
}

const NO_SECTIONS: ReadonlyMap<string, AskedSection> = new Map();

/**
 * Sections and slices by the caller's spelling. Throws UsageError for what is none, and for a section that is asked for twice
 * where one is a slice: an answer tells no more of it than where it begins.
 */
export function askedSections(
  given: readonly (string | SectionSlice)[] | undefined,
): ReadonlyMap<string, AskedSection> {
  if (given === undefined) return NO_SECTIONS;
  if (!Array.isArray(given)) throw new UsageError('sections come in an array');
  const asked = new Map<string, AskedSection>();
  const ranges = new Map<string, ByteRange | undefined>();
  for (const one of Array.from<string | SectionSlice>(given)) {
    const isSlice = typeof one === 'object' && one !== null;
    const spelling = isSlice ? one.section : one;
    const section = parseSection(spelling);
    const range = isSlice ? rangeOf(section, one) : undefined;
    if (ranges.has(section) && (range ?? ranges.get(section)) !== undefined)
      throw new UsageError(`asked for twice, and once in part: ${shown(spelling)}`);
    ranges.set(section, range);
    asked.set(spelling, range === undefined ? { section } : { section, range });
  }
  return asked;
}

/** A copy: what is checked is what is sent. */
function rangeOf(section: string, { offset, length }: ByteRange): ByteRange {
  if (section === '') throw new UsageError('a slice of the whole message is the item `source`');
  const range = { offset, length };
  partialText(shown(section), range);
  return range;
}

/** partial = "<" number "." nz-number ">" (RFC 3501 §6.4.5); `option`: what it was given as. */
export function partialText(option: string, range: ByteRange): string {
  if (typeof range !== 'object' || range === null) throw new UsageError(`${option}: no { offset, length }`);
  const { offset, length } = range;
  if (!Number.isInteger(offset) || offset < 0 || offset > LARGEST_UINT32)
    throw new UsageError(`${option}: not an offset in bytes: ${shown(offset)}`);
  if (!Number.isInteger(length) || length < 1 || length > LARGEST_UINT32)
    throw new UsageError(`${option}: not a length in bytes: ${shown(length)}`);
  return `<${offset}.${length}>`;
}
