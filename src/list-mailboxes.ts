import { type ListRow, list } from './commands/list.ts';
import { status } from './commands/status.ts';
import type { OperationOptions } from './session/operation.ts';
import type { Session } from './session/session.ts';
import { type SpecialUse, specialUseOf } from './syntax/mailbox-list.ts';
import type { MailboxStatus, StatusItem } from './syntax/status-item.ts';
import { Writer } from './wire/writer.ts';

export interface ListOptions {
  /** Default ''. */
  reference?: string;
  /** Default '*'. `%` stops at the hierarchy delimiter. */
  pattern?: string | string[];
  /** Only subscribed mailboxes. */
  subscribed?: boolean;
  /** Only mailboxes with a special use. */
  specialUse?: boolean;
  /** LIST-STATUS where offered, else one pipelined STATUS a mailbox. */
  status?: StatusItem[];
}

export interface MailboxInfo {
  /** Decoded, as every other method takes it. From the server and untrusted: never a path unchecked. */
  name: string;
  delimiter: string | null;
  attributes: ReadonlySet<string>;
  /** From the server's attributes (SPECIAL-USE, RFC 6154), else for INBOX by its name. */
  specialUse?: SpecialUse;
  specialUseSource?: 'server' | 'name';
  /** Absent where it was not asked for and the server did not tell. */
  subscribed?: boolean;
  selectable: boolean;
  hasChildren?: boolean;
  status?: MailboxStatus;
  oldName?: string;
}

/** See ImapClient.list. */
export async function listMailboxes(session: Session, options: OperationOptions & ListOptions): Promise<MailboxInfo[]> {
  const { capabilities } = session.state;
  const extended = capabilities.has('LIST-EXTENDED');
  const rows = extended ? await listExtended(session, options) : await listPlainly(session, options);
  // RETURN (SUBSCRIBED) tells of each mailbox whether it is; LIST alone tells nothing.
  const otherwise = options.subscribed ? true : extended ? false : undefined;
  const mailboxes = unique(rows).map((row) => infoOf(row, otherwise));
  const wanted = options.specialUse ? mailboxes.filter(({ specialUse }) => specialUse !== undefined && specialUse !== '\\Inbox') : mailboxes;
  if (options.status !== undefined) await addStatus(session, wanted, options.status, options);
  return wanted;
}

function listExtended(session: Session, { reference, pattern = '*', subscribed, status: items, ...options }: OperationOptions & ListOptions): Promise<ListRow[]> {
  const { capabilities } = session.state;
  const returns = ['SUBSCRIBED', 'CHILDREN', ...(capabilities.has('SPECIAL-USE') ? ['SPECIAL-USE'] : [])];
  const command = list(
    {
      reference,
      pattern: typeof pattern === 'string' || pattern.length !== 1 ? pattern : (pattern[0] ?? '*'),
      select: subscribed ? ['SUBSCRIBED'] : [],
      return: returns,
      status: capabilities.has('LIST-STATUS') ? items : undefined,
    },
    session.state,
  );
  return session.run(command, operationOptions(options));
}

/** One LIST a pattern; LSUB tells which are subscribed, LIST what they are. */
async function listPlainly(session: Session, { reference, pattern = '*', subscribed, ...options }: OperationOptions & ListOptions): Promise<ListRow[]> {
  const patterns = typeof pattern === 'string' ? [pattern] : pattern;
  // All or nothing: one that can not be sent is told before another is.
  for (const one of patterns) new Writer().listMailbox(one);
  const run = (name: 'LIST' | 'LSUB') =>
    Promise.all(patterns.map((one) => session.run(list({ reference, pattern: one }, session.state, name), operationOptions(options))));
  const [listed, subscriptions] = await Promise.all([run('LIST'), subscribed ? run('LSUB') : []]);
  if (!subscribed) return listed.flat();
  const known = new Map(listed.flat().map((row) => [row.name, row]));
  // \Noselect in LSUB says that a mailbox itself is not subscribed, only some below it (RFC 3501 §6.3.9).
  const rows = subscriptions.flat().filter(({ attributes }) => !attributes.has('\\Noselect'));
  return rows.map((row) => known.get(row.name) ?? { ...row, attributes: new Set([...row.attributes, '\\NonExistent']) });
}

function operationOptions({ signal, timeout }: OperationOptions): OperationOptions {
  return { signal, timeout };
}

function unique(rows: ListRow[]): ListRow[] {
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}

function infoOf(row: ListRow, otherwise: boolean | undefined): MailboxInfo {
  const { name, delimiter, attributes, oldName } = row;
  const named = specialUseOf(attributes);
  const specialUse = named ?? (name === 'INBOX' ? '\\Inbox' : undefined);
  const hasChildren = attributes.has('\\HasChildren') ? true : attributes.has('\\HasNoChildren') || attributes.has('\\Noinferiors') ? false : undefined;
  const subscribed = attributes.has('\\Subscribed') ? true : otherwise;
  return {
    name,
    delimiter,
    attributes,
    ...(specialUse === undefined ? {} : { specialUse, specialUseSource: named === undefined ? 'name' : 'server' }),
    ...(subscribed === undefined ? {} : { subscribed }),
    selectable: !attributes.has('\\Noselect') && !attributes.has('\\NonExistent'),
    ...(hasChildren === undefined ? {} : { hasChildren }),
    ...(row.status === undefined ? {} : { status: row.status }),
    ...(oldName === undefined ? {} : { oldName }),
  };
}

/** The counts that did not come with LIST: all asked for at once. A mailbox that refuses has none. */
async function addStatus(session: Session, mailboxes: MailboxInfo[], items: StatusItem[], options: OperationOptions): Promise<void> {
  const missing = mailboxes.filter((mailbox) => mailbox.selectable && mailbox.status === undefined);
  await Promise.all(
    missing.map(async (mailbox) => {
      const known = await session.run(status(mailbox.name, items, session.state.utf8), operationOptions(options)).catch((error) => {
        if (session.closed || options.signal?.aborted) throw error;
        return undefined;
      });
      if (known !== undefined) mailbox.status = known;
    }),
  );
}
