import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { mailboxName } from '../dialect.ts';
import { string } from '../format.ts';
import { type ListedName, listNames, type Selection } from '../listing.ts';
import { bad } from '../refusal.ts';
import type { Session } from '../session.ts';
import { parseStatusItems, writeStatus } from '../status-items.ts';
import { writeMyRights } from './acl.ts';
import { parseEntries, writeMetadata } from './metadata.ts';

interface ReturnOptions {
  subscribed: boolean;
  children: boolean;
  specialUse: boolean;
  status: string[] | undefined;
  myRights: boolean;
  metadata: string[] | undefined;
}

/** LIST (RFC 3501 §6.3.8), with LIST-EXTENDED (RFC 5258), SPECIAL-USE (RFC 6154), LIST-STATUS (RFC 5819), LIST-MYRIGHTS (RFC 8440) and LIST-METADATA (RFC 9590) */
export const list: ServerCommand = {
  name: 'LIST',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const extended = session.offers('LIST-EXTENDED');
    const selection: Selection = {
      reference: '',
      patterns: [],
      subscribed: false,
      specialUse: false,
      recursive: false,
    };
    const wanted: ReturnOptions = {
      subscribed: false,
      children: session.offers('CHILDREN'),
      specialUse: session.offers('SPECIAL-USE'),
      status: undefined,
      myRights: false,
      metadata: undefined,
    };
    const selects = extended && args.peek() === '(';
    if (selects) {
      parseSelection(session, args, selection);
      args.space();
    }
    selection.reference = args.decoded(args.astring());
    args.space();
    const several = extended && args.peek() === '(';
    selection.patterns = several
      ? args.list(() => args.decoded(args.listMailbox()))
      : [args.decoded(args.listMailbox())];
    const returns = extended && args.take(' ');
    // An extended LIST is told what it asks for, as by Dovecot.
    const isExtended = selects || several || returns;
    if (isExtended) Object.assign(wanted, { children: false, specialUse: selection.specialUse });
    if (returns) parseReturn(session, args, wanted);
    args.end();

    const { delimiter } = session.mail;
    if (selection.patterns.length === 1 && selection.patterns[0] === '' && !isExtended)
      session.untagged(`LIST (\\Noselect) ${string(delimiter)} ""`);
    else for (const listed of listNames(session.mail, selection)) write(session, listed, selection, wanted);
    return { text: 'LIST completed' };
  },
};

/** "(" [list-select-opt *(SP list-select-opt)] ")" */
function parseSelection(session: Session, args: Arguments, selection: Selection): void {
  for (const name of args.list(() => args.word())) {
    if (name === 'SUBSCRIBED') selection.subscribed = true;
    else if (name === 'RECURSIVEMATCH') selection.recursive = true;
    else if (name === 'SPECIAL-USE' && session.offers(name)) selection.specialUse = true;
    else if (name !== 'REMOTE') throw bad(`Unknown selection option ${name}`);
  }
  if (selection.recursive && !selection.subscribed && !selection.specialUse)
    throw bad('RECURSIVEMATCH needs another selection option');
}

/** "RETURN" SP "(" [return-option *(SP return-option)] ")" */
function parseReturn(session: Session, args: Arguments, wanted: ReturnOptions): void {
  if (args.word() !== 'RETURN') throw bad('Expected RETURN');
  args.space();
  args.list(() => {
    const name = args.word();
    if (name === 'SUBSCRIBED') wanted.subscribed = true;
    else if (name === 'CHILDREN') wanted.children = true;
    else if (name === 'MYRIGHTS' && session.offers('LIST-MYRIGHTS')) wanted.myRights = true;
    else if (name === 'METADATA' && session.offers('LIST-METADATA')) {
      args.space();
      wanted.metadata = parseEntries(args);
    } else if (name === 'STATUS' && session.offers('LIST-STATUS')) {
      args.space();
      wanted.status = parseStatusItems(session, args);
    } else if (name === 'SPECIAL-USE' && session.offers(name)) wanted.specialUse = true;
    else throw bad(`Unknown return option ${name}`);
  });
}

function write(session: Session, listed: ListedName, selection: Selection, wanted: ReturnOptions): void {
  const { mailbox, name } = listed;
  const attributes: string[] = [];
  if (!mailbox)
    attributes.push(listed.hasChildren || !session.offers('LIST-EXTENDED') ? '\\Noselect' : '\\NonExistent');
  if (wanted.children) attributes.push(listed.hasChildren ? '\\HasChildren' : '\\HasNoChildren');
  if ((wanted.subscribed || selection.subscribed) && listed.subscribed) attributes.push('\\Subscribed');
  if (mailbox?.specialUse && wanted.specialUse) attributes.push(mailbox.specialUse);
  const childInfo = listed.selectedBelow && selection.subscribed ? ' ("CHILDINFO" ("SUBSCRIBED"))' : '';
  const delimiter = string(session.mail.delimiter);
  session.untagged(`LIST (${attributes.join(' ')}) ${delimiter} ${mailboxName(session, name)}${childInfo}`);
  if (wanted.myRights && mailbox && listed.selected) writeMyRights(session, mailbox);
  if (wanted.metadata && mailbox && listed.selected) writeMetadata(session, mailbox, wanted.metadata);
  if (wanted.status && mailbox && listed.selected) writeStatus(session, mailbox, wanted.status);
}
