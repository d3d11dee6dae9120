import type { ServerCommand } from '../command.ts';
import type { Message } from '../message.ts';
import { requireWithinLimit } from '../message-limit.ts';
import { ALGORITHMS, drawThreads } from '../order/thread.ts';
import { bad } from '../refusal.ts';
import { parseSearchIn } from '../search-keys.ts';
import { matching } from './search.ts';

/** THREAD (RFC 5256 §3): its capabilities name the algorithms. */
export const thread: ServerCommand = {
  name: 'THREAD',
  state: 'selected',
  withUid: true,
  tells: 'no EXPUNGE',
  async run(session, args, byUid) {
    const { view } = session;
    args.space();
    const name = args.word();
    const algorithm = session.offers(`THREAD=${name}`) ? ALGORITHMS[name] : undefined;
    if (!algorithm) throw bad(`Unknown threading algorithm ${name}`);
    args.space();
    const { criterion, searched } = parseSearchIn(session, args);
    args.end();
    requireWithinLimit(session, view.messages.filter((message) => searched.test(message, view)).length);
    const threads = algorithm(await matching(session, view, criterion), session.collation.key);
    const numberOf = (message: Message) => (byUid ? message.uid : view.sequenceNumber(message));
    session.untagged(`THREAD ${drawThreads(threads, numberOf)}`.trimEnd());
    return { text: 'THREAD completed' };
  },
};
