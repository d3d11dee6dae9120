import { decodeCharset } from './charset.ts';
import { decodeWords } from './encoded-word.ts';
import { decodeHexadecimal } from './hexadecimal.ts';

/** One piece of a value: `name*N` or `name*N*`, or the whole of it as `name*`. */
interface Section {
  number: number;
  value: string;
  extended: boolean;
}

interface Parameter {
  /** The value of plain `name`. */
  plain?: string;
  /** The value of `name*`. */
  extended?: Section;
  sections?: Section[];
}

/**
 * Parameters of Content-Type or Content-Disposition as text, by their names in lower case: RFC 2231 continuations
 * (in any order), charsets and percent-encoding, and the RFC 2047 words that mailers put there against §5 of it. Names
 * and values are "latin1 binary strings". Of a parameter given twice the first counts; `name*` and `name*0` outweigh
 * `name`, which stands beside them for older readers. The result has no prototype: any name is an ordinary key.
 */
export function decodeParameters(list: Iterable<readonly [name: string, value: string]>): Record<string, string> {
  const parameters = new Map<string, Parameter>();
  for (const [name, value] of list) collect(parameters, name.toLowerCase(), value);
  const decoded: Record<string, string> = Object.create(null);
  for (const [name, parameter] of parameters) decoded[name] = decodeParameter(parameter);
  return decoded;
}

/** The file name that a part announces. It comes from a stranger: it may hold `../`, `/`, or control characters. */
export function filenameOf(
  disposition: Readonly<Record<string, string>> | undefined,
  type: Readonly<Record<string, string>> | undefined,
): string | undefined {
  // Some mailers mix the two names up: each is looked for where it belongs first.
  return disposition?.filename || type?.name || type?.filename || disposition?.name || undefined;
}

/** RFC 2231 §7: `parameter-name = attribute ["*" section] ["*"]`. */
function collect(parameters: Map<string, Parameter>, written: string, value: string): void {
  const extended = written.endsWith('*') && written.length > 1;
  const rest = extended ? written.slice(0, -1) : written;
  const star = rest.lastIndexOf('*');
  const digits = rest.slice(star + 1);
  const numbered = star > 0 && /^\d{1,9}$/.test(digits);
  const name = numbered ? rest.slice(0, star) : rest;

  let parameter = parameters.get(name);
  if (!parameter) {
    parameter = {};
    parameters.set(name, parameter);
  }
  if (numbered) {
    parameter.sections ??= [];
    parameter.sections.push({ number: Number(digits), value, extended });
  } else if (extended) {
    parameter.extended ??= { number: 0, value, extended };
  } else {
    parameter.plain ??= value;
  }
}

function decodeParameter({ plain, extended, sections }: Parameter): string {
  if (extended) return decodeExtended(extended.value);
  if (sections) return decodeSections(inOrder(sections));
  return decodeWords(plain ?? '');
}

/** Sorted, each number once. A missing one is passed over: most of a name is more than none. */
function inOrder(sections: Section[]): Section[] {
  const sorted = sections.sort((a, b) => a.number - b.number);
  return sorted.filter((section, i) => i === 0 || section.number !== sorted[i - 1]?.number);
}

/** RFC 2231 §4: `extended-value = [charset] "'" [language] "'" extended-other-values`. */
export function decodeExtended(value: string): string {
  const { charset, bytes } = initialOf(value);
  return decodeCharset(Buffer.from(bytes, 'latin1'), charset);
}

/** RFC 2231 §4: `extended-initial-value`, which is like a whole one; no section behind the first names a charset. */
function decodeSections(sections: Section[]): string {
  let charset: string | undefined;
  let bytes = '';
  for (const section of sections) {
    const { value, extended } = section;
    if (!extended) {
      bytes += value;
    } else if (section === sections[0]) {
      const initial = initialOf(value);
      charset = initial.charset;
      bytes += initial.bytes;
    } else {
      bytes += decodeHexadecimal(value, '%');
    }
  }
  if (sections.every((section) => !section.extended)) return decodeWords(bytes);
  return decodeCharset(Buffer.from(bytes, 'latin1'), charset);
}

/** One character a byte. */
function initialOf(value: string): { charset?: string; bytes: string } {
  const language = value.indexOf("'");
  const text = language < 0 ? -1 : value.indexOf("'", language + 1);
  const bytes = decodeHexadecimal(value.slice(text + 1), '%');
  return text < 0 ? { bytes } : { charset: value.slice(0, language), bytes };
}
