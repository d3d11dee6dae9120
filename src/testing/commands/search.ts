import type { ServerCommand } from '../command.ts';
import { parseReturn, writeEsearch } from '../esearch.ts';
import type { Message } from '../message.ts';
import { Pacer } from '../pacer.ts';
import { type Criterion, parseSearch } from '../search-keys.ts';
import type { View } from '../view.ts';

/** SEARCH (RFC 3501 §6.4.4), with RETURN (RFC 4731) */
export const search: ServerCommand = {
  name: 'SEARCH',
  state: 'selected',
  withUid: true,
  keepsNumbers: true,
  async run(session, args, byUid) {
    const { view } = session;
    args.space();
    const wanted = parseReturn(session, args);
    const criterion = parseSearch(session, args);
    args.end();
    const found = await matching(view, criterion);
    const numbers = found.map((message) => (byUid ? message.uid : view.sequenceNumber(message)));
    if (wanted) writeEsearch(session, wanted, numbers, byUid);
    else session.untagged(['SEARCH', ...numbers].join(' '));
    return { text: 'SEARCH completed' };
  },
};

/** The messages that are there when the search begins and match; one that is gone already does not. */
async function matching(view: View, criterion: Criterion): Promise<Message[]> {
  const found: Message[] = [];
  const pacer = new Pacer();
  for (const message of [...view.messages]) {
    if (!message.expunged && criterion.test(message, view)) found.push(message);
    if (pacer.due) await pacer.turn();
  }
  return found;
}
