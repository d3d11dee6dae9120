import { OPEN } from '../wire/chars.ts';
import type { Reader } from '../wire/reader.ts';
import { readUidSet, type UidSet } from '../wire/sequence-set.ts';

/** UIDs that are gone; `earlier`: they were before, and no message count changes. */
export interface Vanished {
  uids: UidSet;
  earlier: boolean;
}

/** expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids (RFC 7162 §7), from behind the name; undefined for no set. */
export function readVanished(reader: Reader): Vanished | undefined {
  reader.skipSpaces();
  const earlier = reader.peek() === OPEN;
  if (earlier) reader.skipValue();
  reader.skipSpaces();
  // Spaces within the set, behind its commas, are none of it.
  const uids = readUidSet(reader.rest().replaceAll(' ', ''));
  return uids && { uids, earlier };
}
