import type { Arguments } from './arguments.ts';
import { mailboxName } from './dialect.ts';
import type { Mailbox } from './mailbox.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';

interface ItemKind {
  /** One of these is enough. */
  capabilities?: string[];
  value(mailbox: Mailbox, session: Session): number | bigint | string;
}

function count(mailbox: Mailbox, test: (flags: ReadonlySet<string>) => boolean): number {
  return mailbox.messages.reduce((sum, { flags }) => (test(flags) ? sum + 1 : sum), 0);
}

/** status-att (RFC 3501 §6.3.10): a new item is a new row. */
const ITEMS: Readonly<Record<string, ItemKind>> = {
  MESSAGES: { value: (mailbox) => mailbox.messages.length },
  RECENT: {
    capabilities: ['IMAP4REV1'],
    // What is so in this session, as Dovecot and Cyrus count, and what no session has been told of.
    value: (mailbox, session) => {
      const view = mailbox === session.selectedMailbox ? session.view : undefined;
      return mailbox.messages.filter((one) => one.uid >= mailbox.recentFrom || view?.isRecent(one)).length;
    },
  },
  UIDNEXT: { value: (mailbox) => mailbox.uidNext },
  UIDVALIDITY: { value: (mailbox) => mailbox.uidValidity },
  HIGHESTMODSEQ: { capabilities: ['CONDSTORE'], value: (mailbox) => mailbox.highestModseq },
  SIZE: { capabilities: ['STATUS=SIZE', 'IMAP4REV2'], value: (mailbox) => mailbox.size },
  DELETED: {
    capabilities: ['STATUS=DELETED', 'QUOTA=RES-MESSAGE', 'IMAP4REV2'],
    value: (mailbox) => count(mailbox, (flags) => flags.has('\\Deleted')),
  },
  'DELETED-STORAGE': {
    capabilities: ['QUOTA=RES-STORAGE'],
    value: ({ messages }) =>
      messages.reduce((sum, { content, flags }) => (flags.has('\\Deleted') ? sum + content.raw.length : sum), 0),
  },
  MAILBOXID: { capabilities: ['OBJECTID'], value: ({ mailboxId }) => `(${mailboxId})` },
  APPENDLIMIT: { capabilities: ['APPENDLIMIT'], value: (_mailbox, session) => session.context.maxLiteral },
  UNSEEN: { value: (mailbox) => count(mailbox, (flags) => !flags.has('\\Seen')) },
};

/** "(" status-att *(SP status-att) ")" */
export function parseStatusItems(session: Session, args: Arguments): string[] {
  const names = args.list(() => args.word());
  if (names.length === 0) throw bad('No STATUS items');
  for (const name of names) {
    const kind = ITEMS[name];
    if (!kind || (kind.capabilities && !kind.capabilities.some((one) => session.offers(one))))
      throw bad(`Unknown STATUS item ${name}`);
  }
  return [...new Set(names)];
}

export function writeStatus(session: Session, mailbox: Mailbox, names: string[], given = mailbox.name): void {
  const values = names.map((name) => `${name} ${ITEMS[name]?.value(mailbox, session)}`);
  session.untagged(`STATUS ${mailboxName(session, given)} (${values.join(' ')})`);
}
