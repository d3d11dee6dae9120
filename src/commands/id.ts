import { decodeUtf8 } from '../mime/charset.ts';
import type { Command } from '../session/command.ts';
import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { requireIdFields } from './id-fields.ts';

/** More fields than a server has to tell (RFC 2971 §3.3 allows 30). */
const MAX_FIELDS = 100;

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
