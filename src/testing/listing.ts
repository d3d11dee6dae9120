import { mailboxName } from './dialect.ts';
import { string } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import { namePattern } from './mailbox-name.ts';
import type { Session } from './session.ts';
import type { Account } from './store.ts';

/** A name that LIST or LSUB shows. */
export interface ListedName {
  name: string;
  /** undefined: a level above other names, or a subscription to what is not there. */
  mailbox: Mailbox | undefined;
  subscribed: boolean;
  hasChildren: boolean;
  /** Selected itself, and not only for what lies below it (RFC 5258 §3.5). */
  selected: boolean;
  /** Something below it is selected. */
  selectedBelow: boolean;
}

export interface Selection {
  reference: string;
  patterns: string[];
  subscribed: boolean;
  specialUse: boolean;
  recursive: boolean;
}

/** The names that LIST gives, INBOX first, the rest in order. */
export function listNames(account: Account, selection: Selection): ListedName[] {
  const tests = selection.patterns.map((pattern) => namePattern(selection.reference + pattern, account.delimiter));
  const names = allNames(account, selection.subscribed);
  const selected = (name: string) =>
    (!selection.subscribed || account.subscriptions.has(name)) &&
    (!selection.specialUse || account.mailbox(name)?.specialUse !== undefined);
  const parents = selection.recursive ? levelsAbove([...names].filter(selected), account.delimiter) : new Set<string>();
  const withChildren = levelsAbove(
    [...account.mailboxes].map((mailbox) => mailbox.name),
    account.delimiter,
  );
  return [...names]
    .sort(inboxFirst)
    .filter((name) => (selected(name) || parents.has(name)) && tests.some((test) => test(name)))
    .map((name) => ({
      name,
      mailbox: account.mailbox(name),
      subscribed: account.subscriptions.has(name),
      hasChildren: withChildren.has(name),
      selected: selected(name),
      selectedBelow: parents.has(name),
    }));
}

/**
 * What LSUB gives (RFC 3501 §6.3.9): subscribed names; with `%` also the level under which subscribed names lie that the
 * pattern does not reach.
 */
export function subscribedNames(
  account: Account,
  reference: string,
  pattern: string,
): Map<string, { subscribed: boolean }> {
  const test = namePattern(reference + pattern, account.delimiter);
  const found = new Map<string, { subscribed: boolean }>();
  for (const name of [...account.subscriptions].sort(inboxFirst)) {
    if (test(name)) found.set(name, { subscribed: true });
    else if (pattern.endsWith('%'))
      for (const parent of levelsAbove([name], account.delimiter))
        if (test(parent) && !found.has(parent)) found.set(parent, { subscribed: false });
  }
  return found;
}

function allNames(account: Account, withSubscriptions: boolean): Set<string> {
  const names = [...account.mailboxes].map(({ name }) => name);
  if (withSubscriptions) names.push(...account.subscriptions);
  return new Set([...names, ...levelsAbove(names, account.delimiter)]);
}

function levelsAbove(names: string[], delimiter: string): Set<string> {
  const levels = new Set<string>();
  for (const name of names)
    for (let at = name.lastIndexOf(delimiter); at > 0; at = name.lastIndexOf(delimiter, at - 1))
      levels.add(name.slice(0, at));
  return levels;
}

function inboxFirst(a: string, b: string): number {
  if (a === b) return 0;
  if (a === 'INBOX') return -1;
  if (b === 'INBOX') return 1;
  return a < b ? -1 : 1;
}

/** `* LIST` of a mailbox, with the name that the client gave as OLDNAME where it is another (RFC 9051 §6.3.9.7). */
export function reportName(session: Session, given: string, name: string): void {
  const oldName = given === name ? '' : ` ("OLDNAME" (${mailboxName(session, given)}))`;
  session.untagged(`LIST () ${string(session.mail.delimiter)} ${mailboxName(session, name)}${oldName}`);
}
