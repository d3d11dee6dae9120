import type { ListRow } from '../commands/list.ts';
import { type SpecialUse, specialUseOf } from '../syntax/mailbox-list.ts';
import type { MetadataValues } from '../syntax/metadata.ts';
import { specialUseByName } from '../syntax/special-use-names.ts';
import type { MailboxStatus } from '../syntax/status-item.ts';
import { isSendable } from '../wire/mailbox-name.ts';

/** A mailbox as LIST tells of it. */
export interface MailboxInfo {
  /** Decoded, as every other method takes it. From the server and untrusted: never a path unchecked. */
  name: string;
  delimiter: string | null;
  attributes: ReadonlySet<string>;
  /**
   * From the server's attributes (SPECIAL-USE, RFC 6154, else XLIST), else for INBOX and well-known names by the name. Of several
   * that the server gives one mailbox it is the first of `SpecialUse`; `attributes` has them all.
   */
  specialUse?: SpecialUse;
  specialUseSource?: 'server' | 'name';
  /** Absent where `subscribed` was not asked for and the server does not tell: those without LIST-EXTENDED. */
  subscribed?: boolean;
  /** False, too, for a name that holds CR, LF or NUL: no command can name it. */
  selectable: boolean;
  hasChildren?: boolean;
  status?: MailboxStatus;
  /** What this user may do (RFC 4314 §2.1), with the option `myRights`. */
  myRights?: string;
  /** With the option `metadata`: values by the names that were asked for, null where there is none. */
  metadata?: MetadataValues;
  oldName?: string;
}

/** RFC 3501 §7.2.2, RFC 5258 §3, RFC 5465 §3.1 */
const UNSELECTABLE = ['\\Noselect', '\\NonExistent', '\\NoAccess'];

/** `subscribed`: whether a mailbox is that does not say so itself. */
export function infoOf(row: ListRow, subscribed: boolean | undefined): MailboxInfo {
  const { name, delimiter, attributes, oldName } = row;
  const named = specialUseOf(attributes);
  const specialUse = named ?? (name === 'INBOX' ? '\\Inbox' : undefined);
  const children = hasChildren(attributes);
  const isSubscribed = attributes.has('\\Subscribed') ? true : subscribed;
  return {
    name,
    delimiter,
    attributes,
    ...(specialUse === undefined
      ? {}
      : { specialUse, specialUseSource: named === undefined ? ('name' as const) : ('server' as const) }),
    ...(isSubscribed === undefined ? {} : { subscribed: isSubscribed }),
    selectable: !UNSELECTABLE.some((attribute) => attributes.has(attribute)) && name !== '' && isSendable(name),
    ...(children === undefined ? {} : { hasChildren: children }),
    ...(row.status === undefined ? {} : { status: row.status }),
    ...(row.myRights === undefined ? {} : { myRights: row.myRights }),
    ...(row.metadata === undefined ? {} : { metadata: row.metadata }),
    ...(oldName === undefined ? {} : { oldName }),
  };
}

function hasChildren(attributes: ReadonlySet<string>): boolean | undefined {
  if (attributes.has('\\Noinferiors')) return false;
  const has = attributes.has('\\HasChildren');
  // Both: as neither (RFC 9051 §7.3.1).
  return has === attributes.has('\\HasNoChildren') ? undefined : has;
}

/** The last resort: each use that the server gives to no mailbox goes to the one with the likeliest name for it. */
export function addUsesByName(mailboxes: readonly MailboxInfo[]): void {
  const given = new Set<string>(mailboxes.flatMap(({ attributes }) => [...attributes]));
  const found = new Map<SpecialUse, { mailbox: MailboxInfo; rank: number }>();
  for (const mailbox of mailboxes) {
    if (mailbox.specialUse !== undefined || !mailbox.selectable) continue;
    const { use, rank } = specialUseByName(mailbox.name, mailbox.delimiter) ?? {};
    if (use === undefined || rank === undefined || given.has(use)) continue;
    if (rank < (found.get(use)?.rank ?? Number.POSITIVE_INFINITY)) found.set(use, { mailbox, rank });
  }
  for (const [specialUse, { mailbox }] of found) Object.assign(mailbox, { specialUse, specialUseSource: 'name' });
}
