import type { NotifyGroup, NotifyScope } from '../commands/notify.ts';
import type { FetchItems } from '../syntax/fetch-items.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { Notification } from './notify.ts';

type Names = string | readonly string[];

/** Whether one of the groups may be about it: which mailboxes are personal or subscribed the server knows. */
export function mayConcern<I extends FetchItems>(groups: readonly NotifyGroup<I>[], event: Notification<I>): boolean {
  if (event.type === 'message') return true;
  const { mailbox } = event;
  const names = typeof mailbox === 'string' ? [mailbox] : [mailbox.name, mailbox.oldName ?? mailbox.name];
  return groups.some(({ scope }) => names.some((name) => name === '' || mayHold(scope, name)));
}

/** Which character stands between the levels is not known here. */
function mayHold(scope: NotifyScope, name: string): boolean {
  if (typeof scope === 'string') return scope !== 'selected' && scope !== 'selected-delayed';
  const { mailboxes = [], subtree = [] }: { mailboxes?: Names; subtree?: Names } = scope;
  const all = (names: Names) => (typeof names === 'string' ? [names] : names).map(canonicalMailboxName);
  return all(mailboxes).includes(name) || all(subtree).some((top) => name.startsWith(top));
}
