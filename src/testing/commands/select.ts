import type { Arguments } from '../arguments.ts';
import type { Completion, ServerCommand } from '../command.ts';
import { nameFromWire } from '../mailbox-name.ts';
import { parseSelectParameters, resynchronize } from '../qresync.ts';
import { reportFlagNames } from '../report.ts';
import type { Session } from '../session.ts';

/** SELECT (RFC 3501 §6.3.1) */
export const select: ServerCommand = {
  name: 'SELECT',
  state: 'authenticated',
  run: (session, args) => open(session, args, false),
};

/** EXAMINE (RFC 3501 §6.3.2) */
export const examine: ServerCommand = {
  name: 'EXAMINE',
  state: 'authenticated',
  run: (session, args) => open(session, args, true),
};

function open(session: Session, args: Arguments, readOnly: boolean): Completion {
  args.space();
  const encoded = args.astring();
  const { memory } = parseSelectParameters(session, args);
  args.end();
  // A SELECT that fails leaves nothing selected (RFC 3501 §6.3.1).
  if (session.selectedMailbox && session.enabled.has('QRESYNC'))
    session.untagged('OK [CLOSED] Previous mailbox closed');
  session.deselect();
  const mailbox = session.mailbox(nameFromWire(encoded));
  const view = session.select(mailbox, readOnly);
  reportFlagNames(session, view);
  session.untagged(`${view.exists} EXISTS`);
  session.untagged(`${view.recent} RECENT`);
  const unseen = view.messages.findIndex((message) => !message.flags.has('\\Seen'));
  if (unseen >= 0) session.untagged(`OK [UNSEEN ${unseen + 1}] First unseen`);
  session.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  session.untagged(`OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  if (session.offers('OBJECTID')) session.untagged(`OK [MAILBOXID (${mailbox.mailboxId})] Object`);
  if (session.offers('CONDSTORE')) session.untagged(`OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Highest`);
  if (memory) resynchronize(session, view, memory);
  return { text: `${readOnly ? 'EXAMINE' : 'SELECT'} completed`, code: readOnly ? 'READ-ONLY' : 'READ-WRITE' };
}
