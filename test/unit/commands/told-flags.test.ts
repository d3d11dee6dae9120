import { afterEach, expect, it, vi } from 'vitest';
import { fetch } from '../../../src/commands/fetch.ts';
import { Changes, resynchronize } from '../../../src/commands/resynchronize.ts';
import { store } from '../../../src/commands/store.ts';
import { ToldFlags } from '../../../src/commands/told-flags.ts';
import { type ImapError, ProtocolError } from '../../../src/index.ts';
import { type Command, Fit } from '../../../src/session/command.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { type FetchData, FetchItemBit } from '../../../src/syntax/fetch-item.ts';
import { fetchRequest } from '../../../src/syntax/fetch-items.ts';

const LIMIT = 10_000_000;
const mailbox = new MailboxState('INBOX', false);
mailbox.exists = 4_294_967_295;
const state = new ConnectionState();
state.selected = mailbox;
const flags = new Set(['\\Seen']);

afterEach(() => vi.restoreAllMocks());

/** What the command makes of one more message, where it holds as many as no mailbox does. */
function oneMore(command: Command<unknown>, held: Map<unknown, unknown> | Set<unknown>, data: FetchData): ImapError {
  command.fetch?.(data, FetchItemBit.UID | FetchItemBit.FLAGS, 50, Fit.EXACT);
  vi.spyOn(Object.getPrototypeOf(held), 'size', 'get').mockReturnValue(LIMIT);
  try {
    command.fetch?.({ ...data, uid: data.uid - 1, seq: 1 }, FetchItemBit.UID | FetchItemBit.FLAGS, 50, Fit.EXACT);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
  }
  throw new Error('It went on');
}

const since = { uidValidity: 1, modseq: 5n };
it.each<[string, Command<unknown>, Map<unknown, unknown> | Set<unknown>]>([
  ['UID STORE', store('1:*', '+', ['x'], {}), new Map()],
  ['STORE', store({ seq: '1:*' }, '+', ['x'], {}, new ToldFlags()), new Map()],
  ['SELECT', resynchronize(mailbox, state, since, new Changes()), new Map()],
  ['FETCH', fetch(mailbox, '1:*', fetchRequest({ flags: true }, state.capabilities), () => {}), new Set()],
])('%s ends at ten million messages', (name, command, held) => {
  const { code, message } = oneMore(command, held, { seq: 2, uid: 9, flags });
  vi.restoreAllMocks();
  expect(code).toBe('LIMIT_RESPONSES');
  expect(message).toMatch(new RegExp(`^${name}: the server .*10000000 messages and more$`));
});

it.each<[string, Command<unknown>]>([
  ['UID STORE', store('1:*', '+', ['x'], {})],
  ['SELECT', resynchronize(mailbox, state, since, new Changes())],
])('%s ends at more flags than a mailbox has, in few messages', (name, command) => {
  const flag = 'x'.repeat(1_000_000);
  const tell = (from: number, lists: (uid: number) => ReadonlySet<string>) => {
    for (let uid = from; uid < from + 600; uid++)
      command.fetch?.({ seq: uid, uid, flags: lists(uid) }, FetchItemBit.UID | FetchItemBit.FLAGS, 50, Fit.EXACT);
  };
  const shared = new Set([flag]);
  tell(1, () => shared);
  expect(() => tell(1001, () => new Set([flag]))).toThrow(
    `${name}: the server told flags of more than 536870912 bytes`,
  );
});
