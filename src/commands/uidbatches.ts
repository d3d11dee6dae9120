import type { Command } from '../session/command.ts';
import { readCorrelator } from '../syntax/search-result.ts';
import { parseUidList, UidSet } from '../wire/uid-set.ts';

/**
 * UIDBATCHES (draft-ietf-mailmaint-imap-uidbatches): the ranges of UIDs that hold so many messages each, from the highest
 * down; the last one may hold fewer.
 *
 *     uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]
 */
export function uidBatches(size: number): Command<UidSet[]> {
  const batches: UidSet[] = [];
  return {
    name: 'UIDBATCHES',
    needs: 'UIDBATCHES',
    behaviour: { mailbox: true },
    repeat: () => uidBatches(size),
    write: (writer) => void writer.space().number(size, 1),
    untagged: {
      UIDBATCHES: (reader, _, ownTag) => {
        const answered: { tag?: string } = {};
        reader.skipSpaces();
        readCorrelator(reader, answered);
        if (answered.tag !== ownTag) return false;
        const ranges = reader.rest().trim();
        const read = ranges === '' ? [] : (parseUidList(ranges) ?? reader.fail('ranges of UIDs'));
        for (const [first, last] of read) batches.push(UidSet.range(first, last));
        return true;
      },
    },
    finish: () => batches,
  };
}
