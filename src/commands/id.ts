import { naming, shown, UsageError } from '../errors.ts';
import { decodeUtf8 } from '../mime/charset.ts';
import type { Command } from '../session/command.ts';
import { isRecord } from '../syntax/argument.ts';
import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { requireText } from '../wire/text.ts';

/** More fields than a server has to tell (RFC 2971 §3.3 allows 30). */
const MAX_FIELDS = 100;
/** What a client may tell of itself (RFC 2971 §3.3): fields, and octets of a name and of a value. */
const MOST_SENT = 30;
const LONGEST_NAME = 30;
const LONGEST_VALUE = 1024;

/** ID (RFC 2971): tells who this client is, and asks who the server is. */
export function id(fields: Readonly<Record<string, string>> | undefined): Command<Record<string, string>> {
  let server: Record<string, string> = {};
  return {
    name: 'ID',
    needs: 'ID',
    behaviour: {},
    repeat: () => id(fields),
    write: (writer) => {
      requireIdFields(fields ?? {});
      const entries = Object.entries(fields ?? {});
      writer.space();
      if (entries.length === 0) writer.raw('NIL');
      else writer.list(entries, ([name, value]) => writer.string(name).space().string(value));
    },
    leavesOut: true,
    untagged: {
      ID: (reader) => {
        server = readIdFields(reader);
        return true;
      },
    },
    finish: () => server,
  };
}

/** Throws UsageError for what no client may send: Dovecot ends the connection at a value that is too long. */
export function requireIdFields(fields: unknown): void {
  if (!isRecord(fields)) throw new UsageError('the fields are an object');
  const entries = Object.entries(fields);
  const names = new Set(entries.map(([name]) => name.toLowerCase()));
  if (entries.length > MOST_SENT) throw new UsageError(`more than ${MOST_SENT} fields`);
  if (names.size < entries.length) throw new UsageError('a field is named twice');
  for (const [name, value] of entries) {
    if (Buffer.byteLength(requireText(name)) > LONGEST_NAME)
      throw new UsageError(`the name of a field has more than ${LONGEST_NAME} bytes: ${shown(name)}`);
    if (Buffer.byteLength(naming(name, () => requireText(value))) > LONGEST_VALUE)
      throw new UsageError(`${name}: the value has more than ${LONGEST_VALUE} bytes`);
  }
}

/** Most connections to one server are told the same: theirs share one object, which nobody can change. */
const shared = new Map<string, Readonly<Record<string, string>>>();
const MAX_SHARED = 100;
const LONGEST_SHARED = 1000;

/** What ID told, or an equal object. */
export function sharedId(told: Record<string, string>): Readonly<Record<string, string>> {
  const key = JSON.stringify(told);
  const known = shared.get(key);
  if (known !== undefined || key.length > LONGEST_SHARED) return known ?? told;
  if (shared.size >= MAX_SHARED) shared.clear();
  shared.set(key, Object.freeze(told));
  return told;
}

/**
 * id_params_list = "(" #(string SPACE nstring) ")" / nil (RFC 2971 §4). Tolerates atoms (Proton Bridge), a value that is
 * missing at the end, and commas, with which all the strings look like one: `("name", "x", "version", "1")`.
 */
function readIdFields(reader: Reader): Record<string, string> {
  const fields: [string, string][] = [];
  const add = (name: string, value: string | undefined) => {
    if (name !== '' && value !== undefined && fields.length < MAX_FIELDS)
      fields.push([decodeUtf8(name).toLowerCase(), decodeUtf8(value)]);
  };
  reader.skipSpaces();
  if (reader.peek() !== OPEN) return {};
  reader.list(() => {
    const strings = reader.astring().split(/", *"/);
    for (let at = 0; at + 1 < strings.length; at += 2) add(strings[at] ?? '', strings[at + 1]);
    if (strings.length > 1) return;
    add(strings[0] ?? '', reader.field());
  });
  // Names come from the server: fromEntries() makes "__proto__" one like any other.
  return Object.fromEntries(fields);
}
