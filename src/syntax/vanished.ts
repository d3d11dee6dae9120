import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { readUidSet, UidSet } from '../wire/uid-set.ts';

/** UIDs that are gone; `earlier`: they were before, and no message count changes. */
export interface Vanished {
  uids: UidSet;
  earlier: boolean;
}

/** expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids (RFC 7162 §7), from behind the name */
export function readVanished(reader: Reader): Vanished {
  reader.skipSpaces();
  const earlier = reader.peek() === OPEN;
  if (earlier) reader.skipValue();
  // Spaces in front of the set, and within it behind its commas, are none of it.
  const set = reader.rest().replaceAll(' ', '');
  const uids = set === '' ? UidSet.empty : (readUidSet(set) ?? reader.fail('a set of UIDs'));
  return { uids, earlier };
}
