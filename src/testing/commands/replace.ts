import { addMessages, appendUid, checkTarget, parseMessage, parseTarget } from '../append-message.ts';
import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import type { Message } from '../message.ts';
import { bad, no } from '../refusal.ts';
import type { Session } from '../session.ts';

/** REPLACE (RFC 8508): APPEND and the removal of the old message in one. */
export const replace: ServerCommand = {
  name: 'REPLACE',
  state: 'selected',
  capability: 'REPLACE',
  withUid: true,
  tells: 'everything',
  run(session, args, byUid) {
    const replaced = parseReplaced(session, args, byUid);
    args.space();
    const target = parseTarget(session, args);
    args.space();
    const message = parseMessage(session, args);
    args.end();
    if (!replaced || replaced.expunged) throw no('No such message', 'NONEXISTENT');
    const code = appendUid(session, target, addMessages(session, target, [message]));
    if (code !== undefined) session.untagged(`OK [${code}] Replacement Message ready`);
    const { mailbox } = session.view;
    mailbox.remove([replaced]);
    const modseq = session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${mailbox.highestModseq}` : undefined;
    return { text: 'REPLACE completed', code: modseq };
  },
  checkLiteral(session, args, literal, byUid) {
    if (!parseReplaced(session, args, byUid)) throw no('No such message', 'NONEXISTENT');
    checkTarget(session, args, literal);
  },
};

/** SP nz-number */
function parseReplaced(session: Session, args: Arguments, byUid: boolean): Message | undefined {
  args.space();
  const number = args.nonZeroNumber();
  const view = session.expungeableView;
  if (byUid) return view.messages.find(({ uid }) => uid === number);
  const message = view.message(number);
  if (!message) throw bad('No message with such a sequence number');
  return message;
}
