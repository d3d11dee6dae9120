import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { OPEN } from '../wire/chars.ts';
import { decodeMailboxName, decodeUtf8MailboxName } from '../wire/mailbox-name.ts';
import type { Reader } from '../wire/reader.ts';

/** Where mailboxes of one kind are found: names that begin with `prefix`. */
export interface Namespace {
  prefix: string;
  delimiter: string | null;
}

export interface Namespaces {
  personal: Namespace[];
  otherUsers: Namespace[];
  shared: Namespace[];
}

/** NAMESPACE (RFC 2342) */
export function namespace(connection: Pick<ConnectionState, 'utf8'>): Command<Namespaces> {
  const result: Namespaces = { personal: [], otherUsers: [], shared: [] };
  return {
    name: 'NAMESPACE',
    needs: 'NAMESPACE',
    behaviour: {},
    repeat: () => namespace(connection),
    untagged: {
      NAMESPACE: (reader) => {
        for (const kind of ['personal', 'otherUsers', 'shared'] as const) {
          reader.skipSpaces();
          result[kind] = readNamespaces(reader, connection.utf8);
        }
        return true;
      },
    },
    finish: () => result,
  };
}

/** Namespace = nil / "(" 1*("(" string SP (<"> QUOTED_CHAR <"> / nil) *(Namespace_Response_Extension) ")") ")" (RFC 2342 §6) */
function readNamespaces(reader: Reader, utf8: boolean): Namespace[] {
  const namespaces: Namespace[] = [];
  if (reader.peek() !== OPEN) {
    reader.nil();
    return namespaces;
  }
  reader.list(() => {
    reader.open();
    const name = reader.astring();
    reader.space();
    const delimiter = reader.nstring() ?? null;
    while (!reader.close()) {
      reader.skipSpaces();
      reader.skipValue();
    }
    namespaces.push({
      prefix: utf8 ? decodeUtf8MailboxName(name) : decodeMailboxName(name),
      delimiter: delimiter || null,
    });
  });
  return namespaces;
}
