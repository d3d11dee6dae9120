import { esearch, type FoundByMailbox, type SearchScope } from '../commands/esearch.ts';
import { noop } from '../commands/noop.ts';
import { news } from '../commands/selection.ts';
import { CommandError, ImapError, naming, requireKeys, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { OperationOptions, RunOptions } from '../session/operation.ts';
import { checkArguments } from '../session/write-operation.ts';
import { requireBoolean } from '../syntax/argument.ts';
import { mapNumbers, type SearchQuery, usesSequenceNumbers } from '../syntax/search-key.ts';
import { canonicalMailboxName, isSendable } from '../wire/mailbox-name.ts';
import { UidSet } from '../wire/uid-set.ts';
import { listMailboxes, type MailboxInfo } from './list-mailboxes.ts';
import { searchWhole } from './message-limit.ts';
import { numbersWithin } from './message-sets.ts';
import { namespacesOf } from './namespaces.ts';
import { isBad } from './refusals.ts';

const SCOPE = ['mailboxes', 'subtree', 'subscribed', 'personal'];

type FoundInMailbox = [name: string, found: { uidValidity: number; uids: UidSet }];

/** See ImapClient.searchMailboxes. */
export async function searchMailboxes(
  session: Link,
  examined: (name: string) => MailboxState,
  given: SearchQuery,
  scope: SearchScope,
  options: OperationOptions,
): Promise<FoundByMailbox> {
  checkScope(scope);
  const query = naming('ESEARCH', () => mapNumbers(given));
  const command = esearch(query, scope, session.state);
  checkArguments(command);
  const { selected, capabilities } = session.state;
  // Numbers are to be held against each mailbox: its last message is what `9:*` names in a shorter one (RFC 3501 §9).
  const byNumber = usesSequenceNumbers(query);
  if (capabilities.has('MULTISEARCH') && !byNumber) {
    if (selected !== undefined) await session.run(noop(), options);
    const found = await session.run(command, options).catch(unlessTooMuch);
    if (found !== undefined) return found;
  }
  const names = await namesIn(session, scope, options);
  const search = (name: string) => searchOne(session, examined(name), query, options);
  const results = byNumber ? await inTurn(names, search) : await Promise.all([...names].map(search));
  return new Map(results.flat().sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a server may not do at once: search so much, or a mailbox that is named twice (RFC 7377 §2.2, §2.4). */
function unlessTooMuch(error: unknown): undefined {
  if (!isBad(error) && !(error instanceof ImapError && /^(?:MESSAGE)?LIMIT$/.test(error.code))) throw error;
}

/** Each mailbox stays selected until it is searched. */
async function inTurn<Result>(names: Iterable<string>, search: (name: string) => Promise<Result>): Promise<Result[]> {
  const found: Result[] = [];
  for (const name of names) found.push(await search(name));
  return found;
}

function checkScope(scope: SearchScope): void {
  if (typeof scope !== 'object') throw new UsageError('searchMailboxes: where to search is an object');
  naming('searchMailboxes', () => requireKeys(scope, SCOPE, 'a part of where to search'));
  const { mailboxes, subtree, subscribed, personal } = scope;
  for (const [name, value] of Object.entries({ subscribed, personal }))
    requireBoolean(`searchMailboxes: ${name}`, value);
  if (mailboxes !== undefined && !Array.isArray(mailboxes))
    throw new UsageError('searchMailboxes: mailboxes is an array of names');
  if (!mailboxes?.length && subtree === undefined && !subscribed && !personal)
    throw new UsageError('searchMailboxes: where to search needs mailboxes, subtree, subscribed or personal');
}

/** The mailboxes that the scope names and that can be selected. */
async function namesIn(session: Link, scope: SearchScope, options: OperationOptions): Promise<Set<string>> {
  const { mailboxes = [], subtree, subscribed, personal } = scope;
  const lists = await Promise.all([
    subtree === undefined ? [] : below(session, subtree, options),
    subscribed ? listMailboxes(session, { ...options, subscribed: true }) : [],
    personal ? personalMailboxes(session, options) : [],
  ]);
  const listed = lists.flat().filter(({ selectable }) => selectable);
  return new Set([...mailboxes, ...listed.map(({ name }) => name)].map(canonicalMailboxName));
}

/** LIST's `*` and `%` can't be quoted: what a pattern finds beyond the subtree is left out. */
async function below(session: Link, root: string, options: OperationOptions): Promise<MailboxInfo[]> {
  const all = await listMailboxes(session, { ...options, pattern: `${root}*` });
  const top = canonicalMailboxName(root);
  return all.filter(({ name, delimiter }) => name === top || (delimiter !== null && name.startsWith(top + delimiter)));
}

/** A personal namespace without a prefix lists the other namespaces' mailboxes too. */
async function personalMailboxes(session: Link, options: OperationOptions): Promise<MailboxInfo[]> {
  const { personal, otherUsers, shared } = await namespacesOf(session, options);
  const prefixes = personal.map(({ prefix }) => prefix).filter(isSendable);
  const patterns = new Set(['INBOX', ...prefixes.map((prefix) => `${prefix}*`)]);
  const lists = await Promise.all([...patterns].map((pattern) => listMailboxes(session, { ...options, pattern })));
  const others = [...otherUsers, ...shared].map(({ prefix }) => prefix).filter((prefix) => prefix !== '');
  return withoutThose(lists.flat(), others);
}

/** Those whose names begin with none of the prefixes: in order, each is looked at beside one of them. */
function withoutThose(mailboxes: MailboxInfo[], prefixes: string[]): MailboxInfo[] {
  const waiting = prefixes.sort().reverse();
  let prefix: string | undefined;
  return mailboxes
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .filter(({ name }) => {
      for (let next = waiting.at(-1); next !== undefined && next <= name; next = waiting.at(-1)) {
        // What begins with one before it has the same names, or fewer.
        if (prefix === undefined || !next.startsWith(prefix)) prefix = next;
        waiting.pop();
      }
      return prefix === undefined || !name.startsWith(prefix);
    });
}

/**
 * A mailbox that can't be selected has nothing that could be found, as in MULTISEARCH (RFC 7377 §2.2). Sequence numbers are
 * those of the mailbox as its news tell of it. One that is replaced between two commands is searched anew, once.
 */
async function searchOne(
  session: Link,
  mailbox: MailboxState,
  query: SearchQuery,
  options: OperationOptions,
  isAnew = false,
): Promise<FoundInMailbox[]> {
  const limits: RunOptions = { ...options, mailbox };
  const byNumber = usesSequenceNumbers(query);
  let uidValidity: number | undefined;
  try {
    // Of the selected mailbox servers find what they have told of; Dovecot tells it behind what it was sent together with.
    if (byNumber || session.state.selected === mailbox) await session.run(news(), limits);
    const { exists, numberings: numbering } = mailbox;
    const run = async <Result>(command: Command<Result>) => {
      const result = await session.run(command, { ...limits, numbering, uidValidity });
      uidValidity ??= mailbox.uidValidity;
      return result;
    };
    const within = byNumber ? mapNumbers(query, (text) => numbersWithin(text, exists)) : query;
    const uids = UidSet.from(await searchWhole(run, session.state, within));
    return uids.size === 0 ? [] : [[mailbox.name, { uidValidity: uidValidity ?? mailbox.uidValidity, uids }]];
  } catch (error) {
    if (error instanceof CommandError && /^(EXAMINE|SELECT)$/.test(error.command)) return [];
    const isReplaced = error instanceof ImapError && error.code === 'UIDVALIDITY_CHANGED';
    if (isReplaced && !isAnew) return searchOne(session, mailbox, query, options, true);
    throw error;
  }
}
