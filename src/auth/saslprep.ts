import { UsageError } from '../errors.ts';

// RFC 3454, table C.1.2
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g;
// Table B.1, less U+200B, which C.1.2 has taken
const NOTHING = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|\u200c|\u200d|\u2060|[\ufe00-\ufe0f]|\ufeff/g;
// Tables C.2.2, C.6, C.7, C.8 and C.9
const UNFIT =
  /[\u0340\u0341\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufff9-\ufffd\u{e0001}\u{e0020}-\u{e007f}]/u;

/**
 * Prepares a user name or a password (SASLprep, RFC 4013 §2): spaces are made one kind, invisible characters go, and what
 * looks the same becomes the same. Checks of writing direction and of unassigned code points (§2.4, §2.5) are left to the
 * server.
 * @throws UsageError for a prohibited character, or when nothing is left; `what` names the argument.
 */
export function saslPrep(what: string, text: string): string {
  if (/^[ -~]+$/.test(text)) return text; // as most are: what follows would change nothing
  // Tables C.2.1 and C.2.2 (control), C.3 (private use), C.4 (no character), C.5 (surrogate). Here, for it takes long to make.
  const control = /\p{Cc}|\p{Co}|\p{Cs}|\p{Noncharacter_Code_Point}|[\u06dd\u070f\u180e\u{1d173}-\u{1d17a}]/u;
  const prepared = text.replace(SPACES, ' ').replace(NOTHING, '').normalize('NFKC');
  if (control.test(prepared) || UNFIT.test(prepared)) {
    throw new UsageError(`${what} holds a character that SASLprep (RFC 4013) prohibits`);
  }
  if (prepared === '') throw new UsageError(`${what} is empty after SASLprep (RFC 4013)`);
  return prepared;
}
