import type { SequenceMap } from '../../../src/session/sequence-map.ts';

/** The UID of each message in order, 0 for one that is not known. */
export function uidsOf(map: SequenceMap | undefined): (number | undefined)[] | undefined {
  return map && Array.from({ length: map.length }, (_, index) => map.at(index + 1));
}
