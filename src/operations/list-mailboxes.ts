import { type ListRow, list } from '../commands/list.ts';
import { UsageError } from '../errors.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import { specialUseOf } from '../syntax/mailbox-list.ts';
import type { StatusItem } from '../syntax/status-item.ts';
import { beforeLogout } from './before-logout.ts';
import { addMetadata, addRights, addStatus, askedItems } from './mailbox-details.ts';
import { addUsesByName, infoOf, type MailboxInfo } from './mailbox-info.ts';
import { lookAgain } from './mailbox-status.ts';
import { requireMetadata } from './metadata.ts';
import { toldUnlessRefused, unlessBad } from './refusals.ts';

export type { MailboxInfo } from './mailbox-info.ts';

export interface ListOptions {
  /** Default ''. */
  reference?: string | undefined;
  /** Default '*'. `%` stops at the hierarchy delimiter. Several use LIST-EXTENDED where offered. */
  pattern?: string | readonly string[] | undefined;
  /** Only subscribed mailboxes. */
  subscribed?: boolean | undefined;
  /** Mailboxes of other servers too (RFC 5258 §3.1, RFC 2193), where the server knows of any. */
  remote?: boolean | undefined;
  /** With `subscribed` or `specialUse`: also mailboxes that only have such mailboxes below them (RFC 5258 §3.1). */
  recursiveMatch?: boolean | undefined;
  /** Only mailboxes with a special use. */
  specialUse?: boolean | undefined;
  /** LIST-STATUS where offered, else one pipelined STATUS a mailbox. Rejects where no mailbox takes the items. */
  status?: readonly StatusItem[] | undefined;
  /** LIST-MYRIGHTS (RFC 8440) where offered, else one pipelined MYRIGHTS a mailbox; nothing without ACL. */
  myRights?: boolean | undefined;
  /**
   * Entries of METADATA, `/private/…` or `/shared/…`: LIST-METADATA (RFC 9590) where offered, else one GETMETADATA or
   * GETANNOTATION a mailbox; a UsageError without METADATA and ANNOTATEMORE.
   */
  metadata?: readonly string[] | undefined;
}

/** What to list, built up by a program: its lists can be changed. `list` takes lists `as const`, too. */
export interface OwnListOptions extends ListOptions {
  pattern?: string | string[] | undefined;
  status?: StatusItem[] | undefined;
  metadata?: string[] | undefined;
}

type Options = OperationOptions & ListOptions;

/** Sessions whose server takes LIST's options and then lists nothing, or refuses them. */
const plainOnly = new WeakSet<Link>();

/** See ImapClient.list. */
export function listMailboxes(session: Link, options: Options): Promise<MailboxInfo[]> {
  const { subscribed, specialUse, status, myRights, metadata } = options;
  const listed = mailboxesListed(session, options);
  // By names alone it is one LIST.
  return subscribed || specialUse || status || myRights || metadata ? beforeLogout(session, listed) : listed;
}

async function mailboxesListed(session: Link, options: Options): Promise<MailboxInfo[]> {
  const { subscribed, specialUse, recursiveMatch } = options;
  if (recursiveMatch && !subscribed && !specialUse) {
    throw new UsageError('LIST: recursiveMatch needs `subscribed` or `specialUse`: what is to be matched below');
  }
  const { pattern = '*', metadata = [] } = options;
  if (typeof pattern !== 'string' && !Array.isArray(pattern)) throw new UsageError('LIST: a pattern is a text');
  if (pattern.length === 0 && typeof pattern !== 'string') throw new UsageError('LIST: no pattern is named');
  if (!Array.isArray(metadata)) throw new UsageError('LIST: the entries of metadata come in an array');
  // All or nothing: a pattern that can not be sent is told before anything is.
  checkArguments(list({ pattern: patternsOf(options), ...(metadata.length > 0 ? { metadata } : {}) }, session.state));
  if (options.metadata?.length) requireMetadata(session);
  if (askedItems(session, options.status) !== undefined) lookAgain(session);
  const [{ rows, extended, along, chosen }, uses] = await Promise.all([
    listRows(session, options),
    listUses(session, options),
  ]);
  const isSubscribed = subscribed ? recursiveMatch !== true : extended ? false : undefined;
  // RETURN (SUBSCRIBED) tells of each mailbox whether it is; LIST alone tells nothing.
  const mailboxes = withoutLocks(unique(rows), session).map((row) => infoOf(withUse(row, uses), isSubscribed));
  if (seesAllUses(session, options)) addUsesByName(mailboxes);
  const listedForOthers = new Set(rows.filter(({ childInfo }) => childInfo !== undefined).map(({ name }) => name));
  const parents =
    specialUse && recursiveMatch
      ? await parentsOf(session, mailboxes, chosen ? listedForOthers : undefined, options)
      : undefined;
  const wanted = specialUse ? mailboxes.filter((one) => hasUse(one) || parents?.has(one.name)) : mailboxes;
  // Of a mailbox that itself does not match nothing comes along (RFC 9590 §4).
  const came = along && session.state.capabilities.has('LIST-METADATA');
  await Promise.all([
    addStatus(session, wanted, options),
    addRights(session, wanted, options),
    addMetadata(session, wanted, ({ name }) => came && !listedForOthers.has(name), options),
  ]);
  return wanted;
}

interface Listed {
  rows: ListRow[];
  /** LIST-EXTENDED has told whether each is subscribed. */
  extended: boolean;
  /** What is to come along with LIST was asked for with it. */
  along: boolean;
  /** The server itself has chosen, and told what is above those that match. */
  chosen: boolean;
}

async function listRows(session: Link, options: Options): Promise<Listed> {
  // Old Zimbra crashes at LIST (SUBSCRIBED), as Thunderbird knows.
  const crashes = options.subscribed && session.state.server === 'Zimbra';
  // By an empty pattern LIST tells the delimiter, and an extended LIST nothing (RFC 5258 §3).
  const asksDelimiter = patternsOf(options).every((pattern) => pattern === '');
  const { capabilities } = session.state;
  if (capabilities.has('LIST-EXTENDED') && !crashes && !asksDelimiter && !plainOnly.has(session)) {
    // IMAP4rev2 alone has no LSUB to fall back on.
    if (capabilities.onlyRev2)
      return { rows: await listExtended(session, options), extended: true, along: true, chosen: true };
    const { status, myRights, metadata, ...named } = options;
    const whole = await unlessBad(listExtended(session, options));
    const alone =
      !whole && (status || myRights || metadata) ? await unlessBad(listExtended(session, named)) : undefined;
    const rows = whole ?? alone ?? [];
    if (rows.length > 0)
      return { rows: await existing(session, rows, named), extended: true, along: whole !== undefined, chosen: true };
    const { specialUse, subscribed = false, recursiveMatch } = options;
    // There may be no special use (RFC 6154 §2); Cyrus finds none so.
    if (specialUse && recursiveMatch)
      return {
        ...(await listRows(session, { ...options, specialUse: false, recursiveMatch: subscribed })),
        chosen: false,
      };
    // Tolerance: strato.de answers LIST with RETURN by nothing at all, as if there were no mailbox.
    const plain = await listPlainly(session, options);
    if (plain.length > 0) plainOnly.add(session);
    return { rows: plain, extended: false, along: false, chosen: false };
  }
  return { rows: await listPlainly(session, options), extended: false, along: false, chosen: false };
}

/** Cyrus tells of every mailbox that is listed for those below it that it does not exist: LIST without a selection knows. */
async function existing(session: Link, rows: ListRow[], options: Options): Promise<ListRow[]> {
  const isDoubtful = ({ childInfo, attributes }: ListRow) => childInfo !== undefined && attributes.has('\\NonExistent');
  if (session.state.server !== 'Cyrus' || !rows.some(isDoubtful)) return rows;
  const all = await listExtended(session, { ...options, subscribed: false, recursiveMatch: false });
  const known = new Map(all.map(({ name, attributes }) => [name, attributes]));
  return rows.map((row) => (isDoubtful(row) ? { ...row, attributes: known.get(row.name) ?? row.attributes } : row));
}

async function listExtended(session: Link, options: Options): Promise<ListRow[]> {
  const { capabilities } = session.state;
  const { reference, pattern = '*', subscribed, remote, recursiveMatch, specialUse } = options;
  // What IMAP4rev2 has taken in of it takes one pattern (RFC 9051 Appendix C).
  if (typeof pattern !== 'string' && pattern.length > 1 && !capabilities.names.has('LIST-EXTENDED'))
    return (await Promise.all(pattern.map((one) => listExtended(session, { ...options, pattern: one })))).flat();
  const uses = capabilities.has('SPECIAL-USE');
  const command = list(
    {
      reference,
      pattern: typeof pattern === 'string' || pattern.length !== 1 ? pattern : (pattern[0] ?? '*'),
      select: [
        ...(subscribed ? ['SUBSCRIBED'] : []),
        ...(remote ? ['REMOTE'] : []),
        // Else it is chosen here from all there are: Proton Bridge refuses LIST (SPECIAL-USE).
        ...(recursiveMatch && specialUse && uses ? ['SPECIAL-USE'] : []),
        ...(recursiveMatch && (subscribed || uses) ? ['RECURSIVEMATCH'] : []),
      ],
      return: ['SUBSCRIBED', 'CHILDREN', ...(uses ? ['SPECIAL-USE'] : [])],
      status: capabilities.has('LIST-STATUS') ? askedItems(session, options.status) : undefined,
      myRights: options.myRights === true && capabilities.has('LIST-MYRIGHTS'),
      metadata: capabilities.has('LIST-METADATA') && options.metadata?.length ? options.metadata : undefined,
    },
    session.state,
  );
  return session.run(command, options);
}

/** One LIST a pattern; LSUB tells which are subscribed, LIST what they are. */
async function listPlainly(session: Link, options: Options): Promise<ListRow[]> {
  const { reference = '', subscribed, recursiveMatch } = options;
  const patterns = patternsOf(options);
  const remote = options.remote && session.state.capabilities.has('MAILBOX-REFERRALS') ? 'R' : '';
  const run = (name: 'LIST' | 'LSUB') =>
    Promise.all(
      patterns.map((one) => session.run(list({ reference, pattern: one }, session.state, `${remote}${name}`), options)),
    );
  const everywhere = reference === '' && patterns.includes('*');
  const [listed, subscriptions, others] = await Promise.all([
    run('LIST'),
    subscribed ? run('LSUB') : [],
    subscribed && recursiveMatch && !everywhere
      ? session.run(list({ pattern: '*' }, session.state, `${remote}LSUB`), options)
      : [],
  ]);
  if (!subscribed) return listed.flat();
  const known = new Map(listed.flat().map((row) => [row.name, row]));
  const matching = subscriptions.flat().flatMap((row) => {
    const mailbox = known.get(row.name);
    const attributes = mailbox?.attributes ?? new Set([...row.attributes, '\\NonExistent']);
    // \Noselect in LSUB says that a mailbox itself is not subscribed, only some below it (RFC 3501 §6.3.9).
    if (!row.attributes.has('\\Noselect'))
      return [
        recursiveMatch ? { ...row, attributes: new Set([...attributes, '\\Subscribed']) } : { ...row, attributes },
      ];
    return recursiveMatch ? [{ ...row, attributes, childInfo: ['SUBSCRIBED'] }] : [];
  });
  if (!recursiveMatch) return matching;
  // LSUB itself names parents for `%` alone, and Mailutils none.
  const names = new Set(matching.map(({ name }) => name));
  const below = [...subscriptions.flat(), ...others].map(({ name }) => name).sort();
  const parents = [...known.values()].filter((row) => !names.has(row.name) && isParent(row, below));
  return [...matching, ...parents.map((row) => ({ ...row, childInfo: ['SUBSCRIBED'] }))];
}

/** Special uses from XLIST, asked for beside LIST where the server has nothing better; XLIST can name mailboxes otherwise. */
async function listUses(session: Link, options: Options): Promise<Map<string, ListRow>> {
  const { capabilities } = session.state;
  if (capabilities.has('SPECIAL-USE') || !capabilities.has('XLIST')) return new Map();
  const { reference } = options;
  const answers = patternsOf(options).map((pattern) => {
    const command = list({ reference, pattern }, session.state, 'XLIST');
    return toldUnlessRefused(session.run(command, options));
  });
  const rows = (await Promise.all(answers)).flatMap((answer) => answer ?? []);
  return new Map(rows.map((row) => [row.name, row]));
}

function patternsOf({ pattern = '*' }: ListOptions): readonly string[] {
  return typeof pattern === 'string' ? [pattern] : pattern;
}

function unique(rows: ListRow[]): ListRow[] {
  return [...new Map(rows.map((row) => [row.name, row])).values()];
}

/** UW takes the lock file that lies beside a mailbox for one more (isync). */
function withoutLocks(rows: ListRow[], { state }: Link): ListRow[] {
  if (!state.isCertainly('UW')) return rows;
  const names = new Set(rows.map(({ name }) => name));
  return rows.filter(({ name }) => !name.endsWith('.lock') || !names.has(name.slice(0, -'.lock'.length)));
}

function withUse(row: ListRow, uses: Map<string, ListRow>): ListRow {
  const use = specialUseOf(uses.get(row.name)?.attributes ?? new Set());
  return use === undefined ? row : { ...row, attributes: new Set([...row.attributes, use]) };
}

/** A use that no mailbox here has may be one's that is not listed: a name then tells nothing. */
function seesAllUses({ state: { capabilities } }: Link, options: Options): boolean {
  if (!capabilities.has('SPECIAL-USE') && !capabilities.has('XLIST')) return true;
  const { reference = '', subscribed } = options;
  return reference === '' && !subscribed && patternsOf(options).includes('*');
}

function hasUse({ specialUse }: MailboxInfo): boolean {
  return specialUse !== undefined && specialUse !== '\\Inbox';
}

/** Those that have a mailbox with a special use below them, at whatever level, in the pattern or not (RFC 5258 §3). */
async function parentsOf(
  session: Link,
  mailboxes: MailboxInfo[],
  told: Set<string> | undefined,
  options: Options,
): Promise<Set<string>> {
  if (told !== undefined && session.state.capabilities.has('SPECIAL-USE')) return told;
  const { status: _, myRights: __, metadata: ___, ...rest } = options;
  const seesAll = patternsOf(options).includes('*');
  const all = seesAll ? mailboxes : await mailboxesListed(session, { ...rest, pattern: '*', recursiveMatch: false });
  const used = all
    .filter(hasUse)
    .map(({ name }) => name)
    .sort();
  return new Set(mailboxes.filter((mailbox) => isParent(mailbox, used)).map(({ name }) => name));
}

function isParent({ name, delimiter }: Pick<MailboxInfo, 'name' | 'delimiter'>, sorted: readonly string[]): boolean {
  return delimiter !== null && oneBegins(sorted, `${name}${delimiter}`);
}

/** True where one of these sorted texts begins so: if any does, the first one does that is not lower. */
function oneBegins(sorted: readonly string[], beginning: string): boolean {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < beginning) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(beginning) ?? false;
}
