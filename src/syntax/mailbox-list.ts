import { OPEN, unescaped, withoutSpacesBehind } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { splitFlags } from './flag.ts';
import { decodeMailbox } from './mailbox.ts';

const SPECIAL_USES = [
  '\\All',
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Junk',
  '\\Sent',
  '\\Trash',
  '\\Important',
  '\\Inbox',
] as const;

/** What a mailbox is for (RFC 6154, RFC 8457). */
export type SpecialUse = (typeof SPECIAL_USES)[number];

/** mbx-list-flag, child-mbox-flag, use-attr (RFC 3501 §9, RFC 3348, RFC 5258, RFC 6154): as they are written whatever the server's case. */
const ATTRIBUTES = new Map(
  [
    ...SPECIAL_USES,
    '\\Noselect',
    '\\Noinferiors',
    '\\Marked',
    '\\Unmarked',
    '\\NonExistent',
    '\\HasChildren',
    '\\HasNoChildren',
    '\\Subscribed',
    '\\Remote',
    '\\NoAccess',
  ].map((name) => [name.toLowerCase(), name]),
);

/** XLIST's names for special uses that RFC 6154 names otherwise. */
const XLIST_USES = new Map<string, SpecialUse>([
  ['\\allmail', '\\All'],
  ['\\spam', '\\Junk'],
  ['\\starred', '\\Flagged'],
]);

/** One LIST, LSUB or XLIST response. */
export interface ListedMailbox {
  /** Decoded. Untrusted: it can be anything, `../` too. */
  name: string;
  delimiter: string | null;
  attributes: ReadonlySet<string>;
  /** CHILDINFO (RFC 5258 §3.5): why a mailbox is listed that itself does not match. */
  childInfo?: string[];
  oldName?: string;
}

/**
 * mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox
 *                [SP "(" [mbox-list-extended-item *(SP mbox-list-extended-item)] ")"]        (RFC 3501 §9, RFC 5258 §6)
 */
export function readMailboxList(reader: Reader, utf8: boolean): ListedMailbox {
  reader.skipSpaces();
  const attributes = readAttributes(reader);
  // Spaces, if any: `(\HasNoChildren)"/"` comes without.
  reader.skipSpaces();
  const delimiter = readDelimiter(reader);
  reader.space();
  const name = decodeMailbox(withoutTrailingDelimiter(readListedName(reader), delimiter), utf8);
  const listed: ListedMailbox = { name: canonicalInbox(name, delimiter), delimiter, attributes };
  reader.skipSpaces();
  if (reader.peek() === OPEN) readExtended(reader, listed, utf8);
  return listed;
}

/**
 * Tolerates a lone backslash (`\HasChildren \`), attributes that are named twice (Yandex), those with no space between them
 * (home.pl: `\Sent\HasNoChildren`), and any case (Cyrus: `\drafts`).
 */
function readAttributes(reader: Reader): ReadonlySet<string> {
  const attributes = new Set<string>();
  if (reader.nil()) return attributes;
  reader.list(() => {
    const words = reader.atString() ? reader.string() : reader.atom();
    for (const word of splitFlags(words)) {
      if (word === '\\' || word.toUpperCase() === 'NIL') continue;
      const lower = word.toLowerCase();
      attributes.add(XLIST_USES.get(lower) ?? ATTRIBUTES.get(lower) ?? word);
    }
  });
  return attributes;
}

/**
 * (DQUOTE QUOTED-CHAR DQUOTE / nil); a backslash that is not escaped is one all the same: `"\\"`. Tolerates an empty list
 * for NIL (KIMAP's tests: `(\NoInferiors) () INBOX`).
 */
function readDelimiter(reader: Reader): string | null {
  if (reader.peek() === OPEN) {
    reader.skipValue();
    return null;
  }
  if (!reader.text.startsWith('"\\" ', reader.position)) return reader.nstring() || null;
  reader.position += 3;
  return '\\';
}

/**
 * A name in quotes, or as a literal. Where something follows that can't, its own quotes were not escaped (`"the "new" one"`):
 * it then goes on to the place in the rest of the line that `last` finds.
 */
export function readQuotedName(reader: Reader, last: (rest: string) => number): string {
  const { text, position } = reader;
  const name = reader.string();
  if (reader.text !== text || reader.position >= reader.end || reader.peek() === OPEN) return name;
  const rest = text.substring(reader.position, reader.end);
  const close = /^ *(?:\(|$)/.test(rest) ? -1 : last(rest);
  if (close < 0) return name;
  reader.position += close + 1;
  return unescaped(text.substring(position + 1, reader.position - 1));
}

/**
 * mailbox = "INBOX" / astring (RFC 3501 §9). Without quotes it may hold what no atom does: spaces, tabs and brackets
 * (Exchange, Dovecot); it then runs to the end of the line, or to extended items.
 */
function readListedName(reader: Reader): string {
  if (ENDS_ESCAPED.test(reader.text.substring(reader.position, reader.end)))
    return unescaped(reader.rest().trimEnd().slice(1, -1));
  if (reader.atString()) return readQuotedName(reader, (text) => (text.endsWith('"') ? text.length - 1 : -1));
  const rest = reader.rest();
  const extended = EXTENDED.exec(rest);
  if (extended === null) return withoutSpacesBehind(rest);
  reader.position -= rest.length - (extended[1]?.length ?? 0);
  return extended[1] ?? '';
}

/** In front of extended items, none or some, whose first tag is an atom, `vendor.name-…` too (RFC 5258 §6), a string, or a literal. */
const EXTENDED = /^(.*?) \((?:\)$|\{\d+\+?\}$|"?(?:[A-Z-]+|vendor\.[^ "(){]+)"? [(\d*])/i;

/** Tolerance: a backslash that is not escaped, at the end of a name: `"Public Folders\"`. */
const ENDS_ESCAPED = /^"(?:[^"\\]|\\.)*\\" *$/;

/** Tolerates a delimiter behind the name (Exchange, UW: `"Public Folders/"`); the root alone keeps it (Proton Bridge: `"/"`). */
function withoutTrailingDelimiter(name: string, delimiter: string | null): string {
  if (delimiter === null || name.length <= delimiter.length || !name.endsWith(delimiter)) return name;
  return name.substring(0, name.length - delimiter.length);
}

/** INBOX is INBOX in any case, as the root of a hierarchy too (Yahoo: `Inbox`, `Inbox/Old`). */
function canonicalInbox(name: string, delimiter: string | null): string {
  if (delimiter === null || name.length <= 5 || !name.startsWith(delimiter, 5)) return name;
  return /^inbox/i.test(name) ? `INBOX${name.substring(5)}` : name;
}

/** mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val (RFC 5258 §6). Unknown ones are passed over. */
function readExtended(reader: Reader, listed: ListedMailbox, utf8: boolean): void {
  reader.list(() => {
    const tag = reader.astring().toUpperCase();
    reader.skipSpaces();
    if (tag === 'CHILDINFO') {
      const reasons: string[] = [];
      reader.list(() => reasons.push(reader.astring().toUpperCase()));
      listed.childInfo = reasons;
    } else if (tag === 'OLDNAME') {
      reader.list(() => {
        listed.oldName = decodeMailbox(reader.astring(), utf8);
      });
    } else {
      reader.skipValue();
    }
  });
}

/** The special use that a mailbox's attributes name. */
export function specialUseOf(attributes: ReadonlySet<string>): SpecialUse | undefined {
  return SPECIAL_USES.find((use) => attributes.has(use));
}
