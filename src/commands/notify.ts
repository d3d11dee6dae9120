import { naming, requireKeys, shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { type FetchItems, fetchRequest } from '../syntax/fetch-items.ts';
import type { Writer } from '../wire/writer.ts';

/** event (RFC 5465 §8): the first four are of messages, the rest of mailboxes. */
const EVENTS = {
  messageNew: 'MessageNew',
  messageExpunge: 'MessageExpunge',
  flagChange: 'FlagChange',
  annotationChange: 'AnnotationChange',
  mailboxName: 'MailboxName',
  subscriptionChange: 'SubscriptionChange',
  mailboxMetadataChange: 'MailboxMetadataChange',
  serverMetadataChange: 'ServerMetadataChange',
} as const;

export type NotifyEventName = keyof typeof EVENTS;

/**
 * Which mailboxes: those that are selected, or of whom the server knows; or these, or these and all below them. What is
 * expunged in the selected one is told at once, or, delayed, where no command names messages by number: with 'selected' none
 * may, and `{ seq }` rejects with the code UIDREQUIRED (RFC 5465 §5.3).
 */
export type NotifyScope =
  | 'selected'
  | 'selected-delayed'
  | 'inboxes'
  | 'personal'
  | 'subscribed'
  | { mailboxes: string | readonly string[] }
  | { subtree: string | readonly string[] };

/** Of which mailboxes which events are to be told (RFC 5465 §6). Of a mailbox in several groups the first one counts. */
export interface NotifyGroup<I extends FetchItems = FetchItems> {
  scope: NotifyScope;
  /** messageNew and messageExpunge go together; flagChange and annotationChange go with both. None: nothing is told. */
  events: readonly NotifyEventName[];
  /** What is to be told of new messages in the selected mailbox. */
  fetch?: I | undefined;
}

/** As without NOTIFY: EXPUNGE comes where sequence numbers may move. Keeps watches going. */
const DEFAULT_GROUP: NotifyGroup = {
  scope: 'selected-delayed',
  events: ['messageNew', 'messageExpunge', 'flagChange'],
};

/** NOTIFY SET (RFC 5465 §3.1). Where no group is about the selected mailbox, all is told of it as ever. `status`: the counts of all mailboxes at once. */
export function notify(groups: readonly NotifyGroup[], status: boolean, capabilities: Capabilities): Command<void> {
  naming('NOTIFY', () => {
    // A hole in the array, which forEach passes over, is no group either.
    for (const group of groups) checkGroup(group);
    if (groups.filter(({ scope }) => isSelected(scope)).length > 1)
      throw new UsageError('one group at most is of the selected mailbox (RFC 5465 §6.1)');
  });
  const all = groups.some(({ scope }) => isSelected(scope)) ? groups : [DEFAULT_GROUP, ...groups];
  return {
    name: 'NOTIFY',
    needs: 'NOTIFY',
    behaviour: {},
    repeat: () => notify(groups, status, capabilities),
    write: (writer) => {
      writer.raw(' SET');
      if (status) writer.raw(' STATUS');
      for (const group of all) writeGroup(writer.space(), group, capabilities);
    },
    finish: () => undefined,
  };
}

function isSelected(scope: NotifyScope): boolean {
  return scope === 'selected' || scope === 'selected-delayed';
}

function checkGroup(group: NotifyGroup): void {
  const { scope, events, fetch } = group ?? {};
  if (!Array.isArray(events) || (typeof scope !== 'string' && (typeof scope !== 'object' || scope === null)))
    throw new UsageError('a group is { scope, events }');
  requireKeys(group, ['scope', 'events', 'fetch'], 'a part of a group');
  const wrong = events.findIndex((event) => typeof event !== 'string' || !Object.hasOwn(EVENTS, event));
  if (wrong >= 0) throw new UsageError(`not an event: ${shown(events[wrong])}`);
  const has = (name: NotifyEventName) => events.includes(name);
  if (has('messageNew') !== has('messageExpunge'))
    throw new UsageError('messageNew and messageExpunge go together (RFC 5465 §5)');
  if ((has('flagChange') || has('annotationChange')) && !has('messageNew'))
    throw new UsageError('flagChange and annotationChange need messageNew and messageExpunge (RFC 5465 §5)');
  const ofMessages: readonly string[] = ['messageNew', 'messageExpunge', 'flagChange', 'annotationChange'];
  if (isSelected(scope) && !events.every((event) => ofMessages.includes(event)))
    throw new UsageError('of the selected mailbox only events of messages are told');
  if (fetch !== undefined && !(isSelected(scope) && has('messageNew')))
    throw new UsageError('fetch goes with messageNew in the selected mailbox');
}

/**
 * event-group = "(" filter-mailboxes SP events ")"                        (RFC 5465 §8)
 * events      = ("(" event *(SP event) ")") / "NONE"
 */
function writeGroup(writer: Writer, { scope, events, fetch }: NotifyGroup, capabilities: Capabilities): void {
  writer.raw('(');
  writeScope(writer, scope);
  writer.space();
  const names = Object.entries(EVENTS).filter(([name]) => events.some((event) => event === name));
  if (names.length === 0) writer.raw('NONE');
  else {
    writer.list(names, ([name, word]) => {
      writer.raw(word);
      if (name === 'messageNew' && fetch !== undefined) writer.space().raw(fetchRequest(fetch, capabilities).text);
    });
  }
  writer.raw(')');
}

function writeScope(writer: Writer, scope: NotifyScope): void {
  if (typeof scope === 'string') {
    if (!['selected', 'selected-delayed', 'inboxes', 'personal', 'subscribed'].includes(scope))
      throw new UsageError(`no such mailboxes: ${shown(scope)}`);
    writer.raw(scope);
    return;
  }
  type Names = string | readonly string[];
  const { mailboxes, subtree }: { mailboxes?: Names; subtree?: Names } = scope;
  const [kind, names] = subtree !== undefined ? ['subtree', subtree] : ['mailboxes', mailboxes];
  const list = typeof names === 'string' ? [names] : names;
  if (!Array.isArray(list) || list.length === 0) throw new UsageError('no mailbox is named');
  writer.raw(`${kind} `).list(list, (name) => writer.mailbox(name));
}
