import type { ServerCommand } from '../command.ts';
import { type FetchItem, parseFetchItems } from '../fetch-items.ts';
import type { Message } from '../message.ts';
import { Pacer } from '../pacer.ts';
import { reportFlagNames } from '../report.ts';
import type { Session } from '../session.ts';
import type { View } from '../view.ts';

/** FETCH (RFC 3501 §6.4.5) */
export const fetch: ServerCommand = {
  name: 'FETCH',
  state: 'selected',
  withUid: true,
  keepsNumbers: true,
  async run(session, args, byUid) {
    args.space();
    const set = args.set();
    args.space();
    const items = parseFetchItems(session, args, byUid);
    args.end();

    const { view } = session;
    reportFlagNames(session, view);
    const pacer = new Pacer();
    for (const message of view.select(set, byUid)) {
      writeMessage(session, view, message, items);
      await session.connection.output.drained();
      if (pacer.due) await pacer.turn();
    }
    return { text: 'FETCH completed' };
  },
};

function writeMessage(session: Session, view: View, message: Message, items: FetchItem[]): void {
  const { mailbox, readOnly } = view;
  const becomesSeen =
    !readOnly && !message.expunged && !message.flags.has('\\Seen') && items.some((item) => item.setsSeen);
  if (becomesSeen) mailbox.setFlags(message, [...message.flags, '\\Seen'], view);
  session.write(`* ${view.sequenceNumber(message)} FETCH (`);
  for (const [index, item] of items.entries()) {
    if (index > 0) session.write(' ');
    item.write({ session, view, message });
  }
  if (becomesSeen && !items.some((item) => item.name === 'FLAGS'))
    session.write(` FLAGS (${view.flags(message).join(' ')})`);
  session.write(')\r\n');
}
