import type { ServerCommand } from '../command.ts';
import { oneCode, withinLimit } from '../message-limit.ts';
import type { Session } from '../session.ts';

/** EXPUNGE (RFC 3501 §6.4.3) */
export const expunge: ServerCommand = {
  name: 'EXPUNGE',
  state: 'selected',
  tells: 'everything',
  run(session, args) {
    args.end();
    const { mailbox, messages } = session.expungeableView;
    mailbox.remove(messages.filter((message) => !message.expunged && message.flags.has('\\Deleted')));
    return { text: 'EXPUNGE completed', code: modseqCode(session) };
  },
};

/** With QRESYNC the client learns from what modseq on it knows what has vanished (RFC 7162 §3.2.7). */
function modseqCode(session: Session): string | undefined {
  return session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${session.view.mailbox.highestModseq}` : undefined;
}

/** UID EXPUNGE (RFC 4315 §2.1) */
export const uidExpunge: ServerCommand = {
  name: 'UID EXPUNGE',
  state: 'selected',
  capability: 'UIDPLUS',
  tells: 'everything',
  run(session, args) {
    args.space();
    const set = args.set();
    args.end();
    const view = session.expungeableView;
    const marked = view.select(set, true).filter((message) => !message.expunged && message.flags.has('\\Deleted'));
    const { messages, code } = withinLimit(session, marked);
    view.mailbox.remove(messages);
    return { text: 'UID EXPUNGE completed', code: oneCode(session, modseqCode(session), code) };
  },
};
