import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { type FetchItem, parseFetchItems } from '../fetch-items.ts';
import { parseMailboxFilter } from '../mailbox-filter.ts';
import { type EventGroup, Notify } from '../notify.ts';
import { bad, no } from '../refusal.ts';
import type { Session } from '../session.ts';

/** In the order and the spelling in which BADEVENT tells them; the first three are of messages. */
const EVENTS = [
  'MessageNew',
  'MessageExpunge',
  'FlagChange',
  'MailboxName',
  'SubscriptionChange',
  'MailboxMetadataChange',
  'ServerMetadataChange',
];
const OF_MESSAGES = EVENTS.slice(0, 3).map((name) => name.toUpperCase());

/** NOTIFY (RFC 5465 §3.1) */
export const notify: ServerCommand = {
  name: 'NOTIFY',
  state: 'authenticated',
  capability: 'NOTIFY',
  run(session, args) {
    args.space();
    const word = args.word();
    if (word !== 'SET' && word !== 'NONE') throw bad('NOTIFY is SET or NONE');
    const withCounts = word === 'SET' && args.match(/ STATUS(?= )/iy) !== undefined;
    const groups: EventGroup[] = [];
    if (word === 'SET') {
      do {
        args.space();
        groups.push(parseGroup(session, args));
      } while (!args.atEnd);
    }
    args.end();
    session.notify?.stop();
    session.notify = new Notify(session, groups);
    if (withCounts) session.notify.writeAllCounts();
    return { text: 'NOTIFY completed' };
  },
};

/** event-group = "(" filter-mailboxes SP events ")" (RFC 5465 §8) */
function parseGroup(session: Session, args: Arguments): EventGroup {
  args.expect('(');
  const filter = parseMailboxFilter(session, args);
  if (filter.kind === 'SUBTREE-ONE') throw bad('Unknown mailboxes');
  args.space();
  const events = new Set<string>();
  const items: FetchItem[] = [];
  const isSelected = filter.kind.startsWith('SELECTED');
  if (args.peek() === '(') {
    args.list(() => {
      const name = args.word();
      events.add(name);
      if (name === 'MESSAGENEW' && args.match(/ (?=\()/y) !== undefined)
        items.push(...parseFetchItems(session, args, true));
    });
  } else if (args.word() !== 'NONE') throw bad('Events are a list or NONE');
  args.expect(')');
  checkEvents(events, isSelected);
  if (items.length > 0 && !isSelected) throw bad('Only of the selected mailbox messages are told');
  return { filter, events, items };
}

/** RFC 5465 §5: which events go together, and which ones there are. */
function checkEvents(events: ReadonlySet<string>, isSelected: boolean): void {
  const known = EVENTS.map((name) => name.toUpperCase());
  if ([...events].some((name) => !known.includes(name))) throw no('Unknown event', `BADEVENT (${EVENTS.join(' ')})`);
  if (events.has('MESSAGENEW') !== events.has('MESSAGEEXPUNGE')) throw bad('MessageNew and MessageExpunge go together');
  if (events.has('FLAGCHANGE') && !events.has('MESSAGENEW')) throw bad('FlagChange goes with MessageNew');
  if (isSelected && [...events].some((name) => !OF_MESSAGES.includes(name)))
    throw bad('Of the selected mailbox only messages are told of');
}
