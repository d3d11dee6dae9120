import { utf8Text } from './format.ts';
import { no } from './refusal.ts';

/** Modified UTF-7 (RFC 3501 §5.1.3). */
export function encodeName(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => (run === '&' ? '&-' : `&${base64(run)}-`));
}

function base64(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replace(/=+$/, '').replaceAll('/', ',');
}

/** Strictly: a name that is not what encodeName would write is undefined. */
export function decodeName(encoded: string): string | undefined {
  if (/[^\x20-\x7e]/.test(encoded)) return undefined;
  const name = encoded.replace(/&([^-]*)-/g, (_, run: string) => {
    if (run === '') return '&';
    const bytes = Buffer.from(run.replaceAll(',', '/'), 'base64');
    return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : '';
  });
  return encodeName(name) === encoded ? name : undefined;
}

/** A name from the wire, decoded. */
export function nameFromWire(encoded: string, utf8 = false): string {
  const name = utf8 ? utf8Text(encoded) : decodeName(encoded);
  if (name === undefined) throw no(`Mailbox name is not valid ${utf8 ? 'UTF-8' : 'modified UTF-7'}`, 'CANNOT');
  return name;
}

/** INBOX is the one name whose case does not count (RFC 3501 §5.1), above others too: there are no two of it. */
export function canonicalName(name: string, delimiter?: string): string {
  return isInbox(name, delimiter) ? `INBOX${name.slice(5)}` : name;
}

/** INBOX in any case, or a name below it. */
function isInbox(name: string, delimiter: string | undefined): boolean {
  return /^inbox/i.test(name) && (name.length === 5 || (delimiter !== undefined && name.startsWith(delimiter, 5)));
}

/** A LIST pattern (RFC 3501 §6.3.8): `*` matches anything, `%` anything but the hierarchy delimiter. */
export function namePattern(pattern: string, delimiter: string): (name: string) => boolean {
  const tokens = pattern.replace(/[*%]*\*[*%]*/g, '*').replace(/%+/g, '%');
  return (name) => matches(tokens, name, delimiter);
}

/** By dynamic programming over the positions that the pattern so far may have reached: never exponential. */
function matches(pattern: string, name: string, delimiter: string): boolean {
  const anyCase = isInbox(name, delimiter) ? 5 : 0;
  let reached = new Set([0]);
  for (const token of pattern) {
    const next = new Set<number>();
    if (token === '*' || token === '%') {
      for (const from of reached) {
        let at = from;
        while (!next.has(at)) {
          next.add(at);
          if (at === name.length || (token === '%' && name[at] === delimiter)) break;
          at++;
        }
      }
    } else {
      for (const at of reached)
        if (name.startsWith(token, at) || (at < anyCase && name[at]?.toLowerCase() === token))
          next.add(at + token.length);
    }
    reached = next;
    if (reached.size === 0) return false;
  }
  return reached.has(name.length);
}
