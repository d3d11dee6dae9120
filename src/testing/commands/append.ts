import { type Appended, addMessages, appendUid, checkTarget, parseMessage, parseTarget } from '../append-message.ts';
import type { ServerCommand } from '../command.ts';
import { requireWithinLimit, SAVING } from '../message-limit.ts';

/** APPEND (RFC 3501 §6.3.11), of several messages with MULTIAPPEND (RFC 3502): all or none. */
export const append: ServerCommand = {
  name: 'APPEND',
  state: 'authenticated',
  tells: 'everything',
  run(session, args) {
    args.space();
    const mailbox = parseTarget(session, args);
    const messages: Appended[] = [];
    do {
      args.space();
      messages.push(parseMessage(session, args));
    } while (session.offers('MULTIAPPEND') && !args.atEnd);
    args.end();
    requireWithinLimit(session, messages.length, SAVING);
    return { text: 'APPEND completed', code: appendUid(session, mailbox, addMessages(session, mailbox, messages)) };
  },
  checkLiteral: checkTarget,
};
