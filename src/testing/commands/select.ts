import type { Arguments } from '../arguments.ts';
import type { Completion, ServerCommand } from '../command.ts';
import { isUidOnly, speaksRev2 } from '../dialect.ts';
import { reportName } from '../listing.ts';
import { parseSelectParameters, resynchronize } from '../qresync.ts';
import { reportFlagNames } from '../report.ts';
import { mayAny } from '../rights.ts';
import type { Session } from '../session.ts';

/** SELECT (RFC 3501 §6.3.1) */
export const select: ServerCommand = {
  name: 'SELECT',
  state: 'authenticated',
  run: (session, args) => open(session, args, 'SELECT'),
};

/** EXAMINE (RFC 3501 §6.3.2) */
export const examine: ServerCommand = {
  name: 'EXAMINE',
  state: 'authenticated',
  run: (session, args) => open(session, args, 'EXAMINE'),
};

function open(session: Session, args: Arguments, asked: 'SELECT' | 'EXAMINE'): Completion {
  args.space();
  const name = args.mailbox();
  const { memory } = parseSelectParameters(session, args);
  args.end();
  // Whether QRESYNC is enabled or not (RFC 7162 §3.2.11).
  if (session.selectedMailbox && (session.offers('QRESYNC') || speaksRev2(session)))
    session.untagged('OK [CLOSED] Previous mailbox closed');
  // A SELECT that fails leaves nothing selected (RFC 3501 §6.3.1).
  session.deselect();
  const mailbox = session.mailbox(name, undefined, 'r');
  // Where nothing may be changed it is as if examined (RFC 4314 §5.2).
  const changeable = asked === 'SELECT' && mayAny(session, mailbox, 'swtei');
  const view = session.select(mailbox, !changeable);
  if (speaksRev2(session)) reportName(session, name, mailbox.name);
  reportFlagNames(session, view);
  session.untagged(`${view.exists} EXISTS`);
  if (!speaksRev2(session)) session.untagged(`${view.recent} RECENT`);
  const unseen = view.messages.findIndex((message) => !message.flags.has('\\Seen'));
  if (unseen >= 0 && !speaksRev2(session) && !isUidOnly(session))
    session.untagged(`OK [UNSEEN ${unseen + 1}] First unseen`);
  session.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  session.untagged(`OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  if (session.offers('OBJECTID')) session.untagged(`OK [MAILBOXID (${mailbox.mailboxId})] Object`);
  if (session.offers('CONDSTORE')) session.untagged(`OK [HIGHESTMODSEQ ${mailbox.highestModseq}] Highest`);
  if (memory) resynchronize(session, view, memory);
  return { text: `${asked} completed`, code: view.readOnly ? 'READ-ONLY' : 'READ-WRITE' };
}
