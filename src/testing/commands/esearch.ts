import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { defaultReturn, parseReturn, type ReturnOption, writeEsearch } from '../esearch.ts';
import type { Mailbox } from '../mailbox.ts';
import { parseMailboxFilter } from '../mailbox-filter.ts';
import type { Message } from '../message.ts';
import { bad } from '../refusal.ts';
import { mayAny } from '../rights.ts';
import { parseSearch, type Search } from '../search-keys.ts';
import type { Session } from '../session.ts';
import { View } from '../view.ts';
import { matching, scoresOf } from './search.ts';

/** ESEARCH (RFC 7377 §2): a search over several mailboxes. Those without a match are not answered. */
export const esearch: ServerCommand = {
  name: 'ESEARCH',
  state: 'authenticated',
  capability: 'MULTISEARCH',
  async run(session, args) {
    args.space();
    const mailboxes = parseSources(session, args);
    const wanted = parseReturn(session, args, 'MULTISEARCH') ?? defaultReturn(session, args);
    if (wanted.some(({ name }) => name === 'SAVE')) throw bad('SAVE is for one mailbox');
    const search = parseSearch(session, args);
    args.end();
    for (const mailbox of mailboxes) await searchIn(session, mailbox, wanted, search);
    return { text: 'ESEARCH completed' };
  },
};

/** The selected mailbox is searched as the session sees it, any other as it is. */
async function searchIn(session: Session, mailbox: Mailbox, wanted: ReturnOption[], search: Search): Promise<void> {
  const isSelected = mailbox === session.selectedMailbox;
  const view = isSelected ? session.view : new View(mailbox, true, { changed: () => {}, gone: () => {} });
  try {
    const found = await matching(session, view, search.criterion);
    const numberOf = ({ uid }: Message) => uid;
    const { criterion, withModseq } = search;
    const scoreOf = scoresOf(criterion, view);
    if (found.length > 0) writeEsearch(session, wanted, { found, numberOf, scoreOf, byUid: true, withModseq, mailbox });
  } finally {
    if (!isSelected) view.close();
  }
}

/** [IN SP "(" filter-mailboxes *(SP filter-mailboxes) ")" SP] (RFC 7377 §4); without it the selected mailbox */
function parseSources(session: Session, args: Arguments): Set<Mailbox> {
  if (args.match(/IN /iy) === undefined) return new Set([session.view.mailbox]);
  const filters = args.list(() => parseSource(session, args));
  if (filters.length === 0) throw bad('No mailboxes to search');
  args.space();
  return new Set(filters.flat().filter((mailbox) => mayAny(session, mailbox, 'r')));
}

function parseSource(session: Session, args: Arguments): Mailbox[] {
  const { kind, test } = parseMailboxFilter(session, args);
  if (kind === 'SELECTED-DELAYED') throw bad('Unknown mailboxes');
  return kind === 'SELECTED' ? [session.view.mailbox] : [...session.mail.mailboxes].filter(({ name }) => test(name));
}
