import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { parseDateTime, type ZonedDate } from '../dates.ts';
import { nameFromWire } from '../mailbox-name.ts';
import { contentOf, zonedDate } from '../message.ts';
import { bad } from '../refusal.ts';

/** APPEND (RFC 3501 §6.3.11) */
export const append: ServerCommand = {
  name: 'APPEND',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const mailbox = session.mailbox(nameFromWire(args.astring()), 'TRYCREATE');
    args.space();
    const { flags, date } = options(args);
    const { bytes } = args.literal();
    args.end();
    const message = mailbox.add(contentOf(bytes), flags, date ?? zonedDate(session.context.now()));
    const code = session.offers('UIDPLUS') ? `APPENDUID ${mailbox.uidValidity} ${message.uid}` : undefined;
    return { text: 'APPEND completed', code };
  },
  /** As servers do it: a message for a mailbox that is not there is not even sent. */
  checkLiteral(session, args) {
    args.space();
    // The name itself may be the literal that comes.
    if (args.peek() === '') return;
    session.mailbox(nameFromWire(args.astring()), 'TRYCREATE');
    args.space();
    options(args);
  },
};

/** [flag-list SP] [date-time SP] */
function options(args: Arguments): { flags: string[]; date: ZonedDate | undefined } {
  let flags: string[] = [];
  let date: ZonedDate | undefined;
  if (args.peek() === '(') {
    flags = args.list(() => args.flag());
    args.space();
  }
  if (args.peek() === '"') {
    date = parseDateTime(args.quoted());
    if (!args.take(' ')) throw bad('Expected a literal');
  }
  return { flags, date };
}
