import { myRights } from '../commands/myrights.ts';
import { status } from '../commands/status.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { StatusItem } from '../syntax/status-item.ts';
import type { MailboxInfo } from './mailbox-info.ts';
import { rememberLimit, statusItems } from './mailbox-status.ts';
import { entriesOf, listedEntries } from './metadata.ts';
import { isBad, toldUnlessRefused } from './refusals.ts';

/** What is asked for of each listed mailbox: see ListOptions. */
interface Details extends OperationOptions {
  status?: readonly StatusItem[] | undefined;
  myRights?: boolean | undefined;
  metadata?: readonly string[] | undefined;
}

/** The items that LIST-STATUS brings; undefined for none. */
export function askedItems(session: Link, items: Details['status']): readonly StatusItem[] | undefined {
  const { asked, known } = statusItems(session, items ?? []);
  return items === undefined || (known !== undefined && asked.length === 0) ? undefined : asked;
}

/**
 * The counts that did not come with LIST: all asked for at once. A mailbox that refuses has none; where every one is BAD it is
 * what was asked for that the server does not know.
 */
export async function addStatus(session: Link, mailboxes: MailboxInfo[], options: Details): Promise<void> {
  if (options.status === undefined) return;
  const { asked, known } = statusItems(session, options.status);
  const selectable = mailboxes.filter((mailbox) => mailbox.selectable);
  const missing =
    asked.length === 0 && known !== undefined ? [] : selectable.filter(({ status }) => status === undefined);
  const bad: unknown[] = [];
  await Promise.all(
    missing.map(async (mailbox) => {
      const answer = session.run(status(mailbox.name, asked, session.state), options);
      const told = await toldUnlessRefused(answer, (error) => isBad(error) && bad.push(error));
      if (told !== undefined) mailbox.status = told;
    }),
  );
  if (bad.length > 0 && bad.length === selectable.length) throw bad[0];
  if (known !== undefined) for (const mailbox of selectable) mailbox.status = { ...mailbox.status, ...known };
  for (const { name, status: told = {} } of selectable) rememberLimit(session, name, told);
}

/** The metadata that did not come with LIST, likewise; a server need not list a mailbox that has none, where it `came` along. */
export async function addMetadata(
  session: Link,
  mailboxes: MailboxInfo[],
  came: (mailbox: MailboxInfo) => boolean,
  options: Details,
): Promise<void> {
  const { metadata: entries } = options;
  if (!entries?.length) return;
  await Promise.all(
    mailboxes.map(async (mailbox) => {
      if (mailbox.metadata !== undefined) mailbox.metadata = listedEntries(mailbox.metadata, entries);
      else if (mailbox.selectable && came(mailbox)) mailbox.metadata = listedEntries(new Map(), entries);
      else if (mailbox.selectable) {
        const told = await toldUnlessRefused(entriesOf(session, mailbox.name, entries, options));
        if (told !== undefined) mailbox.metadata = told;
      }
    }),
  );
}

/** The rights that did not come with LIST, likewise. */
export async function addRights(session: Link, mailboxes: MailboxInfo[], options: Details): Promise<void> {
  if (!options.myRights || !session.state.capabilities.has('ACL')) return;
  const missing = mailboxes.filter((mailbox) => mailbox.selectable && mailbox.myRights === undefined);
  await Promise.all(
    missing.map(async (mailbox) => {
      const known = await toldUnlessRefused(session.run(myRights(mailbox.name, session.state), options));
      if (known !== undefined) mailbox.myRights = known;
    }),
  );
}
