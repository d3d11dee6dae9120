import { readCapabilities } from '../syntax/capability.ts';
import { readFlags } from '../syntax/flag.ts';
import { readVanished } from '../syntax/vanished.ts';
import { OPEN } from '../wire/chars.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import { readNumber } from '../wire/number.ts';
import type { Reader } from '../wire/reader.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';

/**
 * Has the state observe an untagged response, whichever command it belongs to. The reader stands behind its name;
 * `number` is the number in front of the name. True: the response is known.
 */
export function observe(
  state: ConnectionState,
  inFlight: readonly Operation[],
  name: string,
  number: number | undefined,
  reader: Reader,
): boolean {
  const { selected, told } = state;
  switch (name) {
    case 'EXISTS': {
      const count = number ?? countBehind(reader);
      if (count === undefined || count > LARGEST_UINT32) return false;
      state.observeExists(count);
      return true;
    }
    case 'EXPUNGE':
    case 'EXPUNGED': // Tolerance: GNU Mailutils `* 1 EXPUNGED`.
      if (number !== undefined) told?.observeExpunge(number);
      return number !== undefined;
    case 'VANISHED': {
      const { uids, earlier } = readVanished(reader);
      told?.observeVanished(uids, earlier);
      return true;
    }
    case 'CAPABILITY':
      reader.skipSpaces();
      // Tolerance: Sohu answers NAMESPACE with `* CAPABILITY (("" "/")) NIL NIL`.
      if (reader.peek() === OPEN) return false;
      state.setCapabilities(readCapabilities(reader));
      return true;
    case 'ENABLED':
      observeEnabled(state, inFlight, reader.rest().toUpperCase().split(' '));
      return true;
    case 'FLAGS':
      reader.space();
      if (selected !== undefined) selected.flags = readFlags(reader);
      return true;
    case 'RECENT':
      return true;
    default:
      return false;
  }
}

/** Tolerance: the number behind the word, as RFC 5465 §7 itself has it: `* EXISTS 93`. */
function countBehind(reader: Reader): number | undefined {
  reader.skipSpaces();
  return reader.atNumber() ? readNumber(reader) : undefined;
}

/** What is enabled changes what is written and how it is read: a server enables nothing that was not asked for (RFC 5161 §3.2). */
function observeEnabled(state: ConnectionState, inFlight: readonly Operation[], names: readonly string[]): void {
  for (const { command } of inFlight)
    if (command.enables !== undefined) state.enable(names.filter((name) => command.enables?.has(name)));
}
