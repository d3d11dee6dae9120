import { type NotifyGroup, notify } from '../commands/notify.ts';
import { CommandError, ImapError, UsageError } from '../errors.ts';
import { type Command, type Subscriber, withParts } from '../session/command.ts';
import type { Link } from '../session/link.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import { readRunOptions } from '../session/operation.ts';
import { type FetchedMessage, type FetchItems, fetchRequest, hasSections, toMessage } from '../syntax/fetch-items.ts';
import { readMailbox } from '../syntax/mailbox.ts';
import { readMailboxList } from '../syntax/mailbox-list.ts';
import { readEntries } from '../syntax/metadata.ts';
import { type MailboxStatus, readStatusItems, readStatusMailbox } from '../syntax/status-item.ts';
import { readAsUtf8 } from '../wire/mailbox-name.ts';
import { infoOf, type MailboxInfo } from './mailbox-info.ts';
import { mayConcern } from './notify-scopes.ts';
import { Subscription } from './subscription.ts';

/** What the server tells of mailboxes, unasked (RFC 5465 §5). */
export type Notification<I extends FetchItems = Record<never, never>> =
  /** Messages came or went in a mailbox that is not selected, or their flags changed: its counts now. */
  | { type: 'status'; mailbox: string; status: MailboxStatus }
  /** A mailbox was made, renamed (`oldName`), deleted (`\NonExistent`), or its subscription changed. */
  | { type: 'mailbox'; mailbox: MailboxInfo }
  /** Metadata changed: of a mailbox, or of the server (''). */
  | { type: 'metadata'; mailbox: string; entries: string[] }
  /** A message came into the selected mailbox: only with `fetch`. */
  | { type: 'message'; mailbox: string; message: FetchedMessage<I> };

export interface NotifyOptions {
  /** Ends the iteration. */
  signal?: AbortSignal | undefined;
  /** Have the counts of all mailboxes told at once. Default false: only once a lost connection was replaced, for what happened meanwhile. */
  status?: boolean | undefined;
}

const EVENT_WEIGHT = 500;
const OVERFLOW = 'NOTIFICATIONOVERFLOW';
/** What a link's notifications go to. */
const current = new WeakMap<Link, Pick<Subscription<unknown>, 'left'>>();

/** See ImapClient.notify. */
export function notifications<I extends FetchItems>(
  session: Link,
  groups: readonly NotifyGroup<I>[],
  { status = false, ...options }: NotifyOptions,
  onEnd: (listener: () => void) => () => void,
): AsyncIterable<Notification<I>> {
  const { signal } = readRunOptions('NOTIFY', options);
  if (!Array.isArray(groups)) throw new UsageError('NOTIFY: the groups are an array');
  // Its mistakes are found at once.
  notify(groups, status, session.state.capabilities);
  let atAnyTime = groups.some(({ scope, events }) => scope === 'selected' && events.includes('messageExpunge'));
  // Of the selected mailbox the SELECT tells.
  const ofOthers = groups.some(({ scope }) => scope !== 'selected' && scope !== 'selected-delayed');
  let answered = false;
  let replaces = false;
  const set = (counts: boolean) => {
    const command = notify(groups, counts, session.state.capabilities);
    const noted = withParts<void>(command, {
      // With the answer: what follows it may have come with it.
      finish: () => {
        answered = true;
      },
    });
    send(session, noted, subscription, () => atAnyTime).catch((error) => {
      subscription.fail(error);
      // What a refused one was to replace the server goes on to tell, and nobody listens.
      if (error instanceof CommandError && replaces) restore();
    });
  };
  /** What was told before NOTIFY is told again (RFC 5465 §3.1): to nobody, where no user is signed in. */
  const restore = () => {
    if (current.get(session) === subscription) current.delete(session);
    if (!session.closed && !session.reconnecting && session.state.authenticated && !current.has(session))
      send(session, notify([], false, session.state.capabilities), undefined, () => false).catch(() => {});
  };
  const push = (event: Notification<I>, bytes: number) => {
    // Until its answer the server may tell what others asked for.
    if (answered || mayConcern(groups, event)) subscription.backlog.push(event, EVENT_WEIGHT + bytes);
    return true;
  };
  const subscription: Subscription<Notification<I>> = new Subscription(
    session,
    signal,
    {
      begin: () => {
        const before = current.get(session);
        replaces = before !== undefined;
        current.set(session, subscription);
        before?.left();
        set(status);
        return [
          session.state.subscribe(
            subscriber(session, groups, push, () => {
              // From here on the server tells nothing (RFC 5465 §5.8), not of the selected mailbox either.
              atAnyTime = session.state.expungesAnyTime = false;
              restore();
              subscription.fail(
                new ImapError(OVERFLOW, 'The server has more to notify of than it can, and has stopped'),
              );
            }),
          ),
          session.listeners.on('reconnected', () => set(status || ofOthers)),
          onEnd(() => subscription.left()),
        ];
      },
      left: restore,
    },
    'NOTIFY',
  );
  return subscription.backlog;
}

/** Until NOTIFY is answered what holds before it counts, and what holds after it: whether messages are told as expunged at any time. */
function send(
  session: Link,
  command: Command<void>,
  owner: Pick<Subscription<unknown>, 'left'> | undefined,
  atAnyTime: () => boolean,
): Promise<void> {
  const { state } = session;
  const before = state.expungesAnyTime;
  state.notified = true;
  state.expungesAnyTime ||= atAnyTime();
  return session.run(command).then(
    () => {
      // Unless another one is on its way.
      if (current.get(session) === owner) state.expungesAnyTime = atAnyTime();
    },
    (error) => {
      state.expungesAnyTime = before;
      throw error;
    },
  );
}

function subscriber<I extends FetchItems>(
  { state }: Link,
  groups: readonly NotifyGroup<I>[],
  push: (event: Notification<I>, bytes: number) => boolean,
  overflows: () => void,
): Subscriber {
  const fetch = groups.find((group) => group.fetch !== undefined)?.fetch;
  // Tolerance: Dovecot 2.3 writes names here, and nowhere else, as raw UTF-8 (`* LIST () "/" {9}`, `made ü 1`).
  return {
    untagged: {
      STATUS: (reader) =>
        push(
          {
            type: 'status',
            mailbox: readAsUtf8(readStatusMailbox(reader, state.utf8)),
            status: readStatusItems(reader),
          },
          reader.size,
        ),
      LIST: (reader) => {
        const listed = readMailboxList(reader, state.utf8);
        const oldName = listed.oldName === undefined ? {} : { oldName: readAsUtf8(listed.oldName) };
        const mailbox = infoOf({ ...listed, name: readAsUtf8(listed.name), ...oldName }, undefined);
        return push({ type: 'mailbox', mailbox }, reader.size);
      },
      METADATA: (reader) =>
        push({ type: 'metadata', mailbox: readMailbox(reader, state.utf8), entries: readEntries(reader) }, reader.size),
    },
    code: ({ name }) => {
      if (name !== OVERFLOW) return false;
      overflows();
      return true;
    },
    ...(fetch === undefined ? {} : { fetch: arrivals(state, fetch, push) }),
  };
}

/** FETCH data of messages that were not there before. */
function arrivals<I extends FetchItems>(
  state: Link['state'],
  items: I,
  push: (event: Notification<I>, bytes: number) => boolean,
): NonNullable<Subscriber['fetch']> {
  let mailbox: MailboxState | undefined;
  let selections = 0;
  let last = 0;
  return (data, held, bytes) => {
    const { selected } = state;
    if (selected === undefined) return;
    // Selected anew, it can be another mailbox of the same name, whose UIDs begin at 1.
    if (selected !== mailbox || selected.selections !== selections) last = (selected.uidNext ?? 1) - 1;
    mailbox = selected;
    selections = selected.selections;
    const request = fetchRequest(items, state.capabilities);
    if ((held & request.wanted) !== request.wanted || data.uid <= last || !hasSections(data, request)) return;
    last = data.uid;
    const message = toMessage<I>(data, held, request);
    if (message !== undefined) push({ type: 'message', mailbox: selected.name, message }, bytes);
  };
}
