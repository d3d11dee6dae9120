import type { ServerCommand } from '../command.ts';
import { string } from '../format.ts';
import { bad, no } from '../refusal.ts';

const SMALLEST = 500;

/** UIDBATCHES (draft-ietf-mailmaint-imap-uidbatches): SP nz-number [SP nz-number ":" nz-number] */
export const uidBatches: ServerCommand = {
  name: 'UIDBATCHES',
  state: 'selected',
  capability: 'UIDBATCHES',
  run(session, args) {
    args.space();
    const size = args.nonZeroNumber();
    const [first, last] = args.take(' ') ? args.set().split(':').map(Number) : [1, Number.POSITIVE_INFINITY];
    args.end();
    if (first === undefined || last === undefined || !(first >= 1 && last >= first)) throw bad('Bad range of batches');
    if (size < SMALLEST) throw no(`Batches have ${SMALLEST} messages at least`, 'TOOSMALL');
    const ranges: string[] = [];
    const { messages } = session.view;
    let highest = messages.at(-1)?.uid ?? 0;
    for (let at = messages.length - size; highest > 0; at -= size) {
      const lowest = at > 0 ? (messages[at]?.uid ?? 1) : 1;
      ranges.push(`${highest}:${lowest}`);
      highest = lowest - 1;
    }
    const asked = ranges.slice(first - 1, last).join(',');
    session.untagged(`UIDBATCHES (TAG ${string(session.tag)})${asked === '' ? '' : ` ${asked}`}`);
    return { text: 'UIDBATCHES completed' };
  },
};
