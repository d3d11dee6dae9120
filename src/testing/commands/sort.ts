import type { ServerCommand } from '../command.ts';
import { goesOn, parseReturn, savedBy, writeEsearch } from '../esearch.ts';
import type { Message } from '../message.ts';
import { requireWithinLimit } from '../message-limit.ts';
import { orderOf, parseCriteria } from '../order/sort.ts';
import { progressOf } from '../search-context.ts';
import { parseSearchIn } from '../search-keys.ts';
import { matching, parseSaving, scoresOf, writeFound } from './search.ts';

/** SORT (RFC 5256 §3), with RETURN (ESORT, RFC 5267 §3) */
export const sort: ServerCommand = {
  name: 'SORT',
  state: 'selected',
  capability: 'SORT',
  withUid: true,
  tells: 'no EXPUNGE',
  async run(session, args, byUid) {
    const { view } = session;
    args.space();
    const wanted = parseReturn(session, args, 'ESORT');
    const { criteria, criterion, searched, withModseq } = parseSaving(view, wanted, () => {
      const criteria = parseCriteria(session, args);
      args.space();
      return { criteria, ...parseSearchIn(session, args) };
    });
    args.end();
    requireWithinLimit(session, view.messages.filter((message) => searched.test(message, view)).length);
    const scoreOf = scoresOf(criterion, view);
    const order = orderOf(criteria, scoreOf);
    const since = progressOf(view);
    const found = (await matching(session, view, criterion)).sort(order);
    const saved = wanted && savedBy(wanted, found);
    if (saved) view.save(saved);
    const numberOf = (message: Message) => (byUid ? message.uid : view.sequenceNumber(message));
    if (wanted) writeEsearch(session, wanted, { found, numberOf, scoreOf, byUid, withModseq });
    else writeFound(session, 'SORT', found, numberOf, withModseq);
    if (wanted && goesOn(wanted)) view.contexts.add(session, { byUid, criterion, order, found, since });
    return { text: 'SORT completed' };
  },
};
