import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { decodeName } from '../syntax/mailbox.ts';
import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { unanswered } from './unanswered.ts';

/** Where mailboxes of one kind are found: names that begin with `prefix`. */
export interface Namespace {
  prefix: string;
  delimiter: string | null;
  /** The prefix in the language of the server's texts (`client.language`), to be shown in its place (RFC 5255 §3.4). */
  translation?: string;
}

export interface Namespaces {
  personal: Namespace[];
  otherUsers: Namespace[];
  shared: Namespace[];
}

/** NAMESPACE (RFC 2342) */
export function namespace(connection: Pick<ConnectionState, 'utf8'>): Command<Namespaces> {
  const result: Namespaces = { personal: [], otherUsers: [], shared: [] };
  let answered = false;
  return {
    name: 'NAMESPACE',
    needs: 'NAMESPACE',
    behaviour: {},
    repeat: () => namespace(connection),
    untagged: {
      NAMESPACE: (reader) => {
        answered = true;
        for (const kind of ['personal', 'otherUsers', 'shared'] as const) {
          reader.skipSpaces();
          result[kind] = readNamespaces(reader, connection.utf8);
        }
        return true;
      },
    },
    finish: () => {
      if (!answered) throw unanswered('NAMESPACE', 'NAMESPACE');
      return result;
    },
  };
}

/**
 * Namespace = nil / "(" 1*("(" string SP (<"> QUOTED_CHAR <"> / nil) *(Namespace_Response_Extension) ")") ")" (RFC 2342 §6)
 * Tolerates one namespace without its own parentheses: `("" "/")`.
 */
function readNamespaces(reader: Reader, utf8: boolean): Namespace[] {
  const namespaces: Namespace[] = [];
  if (reader.peek() !== OPEN) {
    reader.nil();
    return namespaces;
  }
  reader.open();
  if (reader.atString()) return [readNamespace(reader, utf8)];
  while (!reader.close()) {
    reader.open();
    namespaces.push(readNamespace(reader, utf8));
    reader.skipSpaces();
  }
  return namespaces;
}

/**
 * From behind the "(" to the ")", which is taken. Tolerates NIL for a prefix, no delimiter, and an empty one (Courier as
 * libetpan knows it): the prefix ends with it.
 */
function readNamespace(reader: Reader, utf8: boolean): Namespace {
  const name = reader.field() ?? '';
  const delimiter = reader.field() ?? null;
  const namespace: Namespace = { prefix: decodeName(name, utf8), delimiter: delimiter || endOfPrefix(name, delimiter) };
  while (!reader.close()) {
    reader.skipSpaces();
    const extension = reader.atString() ? reader.string().toUpperCase() : reader.skipValue();
    reader.skipSpaces();
    if (extension !== 'TRANSLATION' || reader.peek() !== OPEN) continue;
    reader.list(() => {
      const translation = reader.field();
      if (translation !== undefined) namespace.translation = decodeName(translation, utf8);
    });
  }
  return namespace;
}

function endOfPrefix(name: string, delimiter: string | null): string | null {
  return (delimiter === '' && /[/.\\]$/.exec(name)?.[0]) || null;
}
