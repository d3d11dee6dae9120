import { escaped, escapeForRegExp } from '../wire/chars.ts';

export const SECRET = '[secret]';
/** A shorter secret stands in too many texts by chance to be looked for when its exchange is over. */
export const SHORTEST_KEPT = 6;
/** A shorter part of a base64 text can stand for anything. */
const SHORTEST_BASE64 = 4;

/** Takes every occurrence of the secrets out of a text: as they are, as a quoted string holds them, and in base64. */
export function redact(text: string, secrets: readonly string[] | undefined): string {
  // A longer form first: a shorter one within it would leave the rest.
  const forms = (secrets ?? [])
    .flatMap(formsOf)
    .filter((form) => text.includes(form))
    .sort((a, b) => b.length - a.length);
  if (forms.length === 0) return text;
  const short = (secrets ?? []).filter(({ length }) => length < SHORTEST_KEPT).flatMap(textsOf);
  const patterns = forms.map((form) => patternOf(form, short.includes(form)));
  return text.replace(new RegExp(patterns.join('|'), 'g'), SECRET);
}

/** A short one is no part of a word: `Wrong [secret]word` told what it hides. */
function patternOf(form: string, short: boolean): string {
  const pattern = escapeForRegExp(form);
  return short ? `(?<![A-Za-z0-9])${pattern}(?![A-Za-z0-9])` : pattern;
}

/** The same of bytes, which may be many: the bytes themselves where there is nothing to take out. */
export function redactBytes(bytes: Buffer, secrets: readonly string[]): Buffer {
  if (!secrets.flatMap(formsOf).some((form) => bytes.includes(form, 'latin1'))) return bytes;
  return Buffer.from(redact(bytes.toString('latin1'), secrets), 'latin1');
}

function formsOf(secret: string): string[] {
  if (secret === '') return [];
  const bytes = Buffer.from(secret, 'utf8');
  return [...textsOf(secret), bytes.toString('base64'), ...base64Within(bytes)];
}

function textsOf(secret: string): string[] {
  const texts = [secret, Buffer.from(secret, 'utf8').toString('latin1')];
  return [...texts, ...texts.map(escaped)];
}

/** The characters that stand for these bytes in the base64 of something longer, wherever they begin in it. */
function base64Within(bytes: Buffer): string[] {
  return [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
      return text.substring(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    })
    .filter((text) => text.length >= SHORTEST_BASE64);
}
