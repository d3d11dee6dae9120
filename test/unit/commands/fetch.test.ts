import { describe, expect, it } from 'vitest';
import { type FetchModifiers, fetch } from '../../../src/commands/fetch.ts';
import { Fit } from '../../../src/session/command.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { FetchItemBit, type Section } from '../../../src/syntax/fetch-item.ts';
import { type FetchItems, fetchRequest } from '../../../src/syntax/fetch-items.ts';
import type { StatusResponse } from '../../../src/syntax/response.ts';
import type { MessageSet } from '../../../src/wire/sequence-set.ts';
import { command as commandOf, Dialogue } from '../session/dialogue.ts';
import { written } from '../syntax/reader-of.ts';

/** A FETCH of a hundred messages, and what it has delivered. */
function fetching(set: MessageSet, items: FetchItems = {}, modifiers: FetchModifiers = {}) {
  const mailbox = new MailboxState('INBOX', false);
  mailbox.observeExists(100);
  const delivered: number[] = [];
  const deliver = ({ uid }: { uid: number }) => delivered.push(uid);
  const command = fetch(mailbox, set, fetchRequest(items, Capabilities.none), deliver, modifiers);
  const take = (...uids: number[]) =>
    uids.map((uid) => command.fetch?.({ uid, seq: uid }, FetchItemBit.UID, 20, Fit.EXACT));
  const rest = () => {
    const again = command.repeat?.();
    return again && written((writer) => again.write?.(writer)).trim();
  };
  return { command, delivered, take, rest };
}

describe('FETCH that is repeated on another connection', () => {
  it('asks for what was not delivered', () => {
    const { take, rest } = fetching('1:*');
    expect(rest()).toBe('1:* (UID)');
    take(2, 3, 4, 6, 9, 10);
    expect(rest()).toBe('1,5,7:8,11:* (UID)');
    take(1);
    expect(rest()).toBe('5,7:8,11:* (UID)');
  });

  it('asks for what the last message is by then', () => {
    const { take, rest } = fetching('*');
    take(4);
    expect(rest()).toBe('* (UID)');
  });

  it('leaves it to PARTIAL which messages of the set are meant', () => {
    const { take, rest } = fetching('1:9', {}, { partial: '1:3' });
    take(1, 2);
    expect(rest()).toBe('1:9 (UID) (PARTIAL 1:3)');
  });

  it.each<[string, MessageSet, FetchItems]>([
    ['that marks as seen', '1:9', { flags: true, markSeen: true }],
    ['by sequence number', { seq: '1:9' }, {}],
    ['of what a search has saved', '$', {}],
  ])('is none %s: that may mean other messages by then, or was done', (_, set, items) => {
    const { take, rest } = fetching(set, items);
    expect(rest()).toBeUndefined();
    take(1);
    expect(rest()).toBeUndefined();
  });

  it('has nothing to ask for where all was delivered, however often it is repeated', () => {
    const { command, take, rest } = fetching('3:5');
    take(3, 4, 5);
    expect(rest()).toBe('');
    const nothing = command.repeat?.();
    expect(nothing?.repeat?.()).toMatchObject({ name: nothing?.name });
    expect(nothing?.finish({ status: 'OK', text: '' } as StatusResponse)).toBe(false); // nothing else of it is read
  });

  it('delivers no message twice, in whatever order they come', () => {
    const { delivered, take } = fetching('1:*');
    expect(take(5, 6, 6, 5, 2, 7, 2, 7)).toEqual([true, true, false, false, true, true, false, false]);
    expect(delivered).toEqual([5, 6, 2, 7]);
  });
});

it.each<[FetchItems, Omit<Section, 'bytes'>, number[]]>([
  [{ headers: true }, { kind: 'BODY', section: 'HEADER' }, [2]],
  [{ source: { offset: 0, length: 9 } }, { kind: 'BODY', section: '', origin: 0 }, [2]],
  // There may be nothing there.
  [{ headers: ['x'] }, { kind: 'BODY', section: 'HEADER.FIELDS (X)' }, [1, 2]],
  [{ source: { offset: 7, length: 9 } }, { kind: 'BODY', section: '', origin: 7 }, [1, 2]],
])('leaves out what was expunged before this was read: %j', (items, section, left) => {
  const delivered: number[] = [];
  const request = fetchRequest(items, Capabilities.none);
  const command = fetch(new MailboxState('INBOX', false), '1:2', request, ({ uid }) => delivered.push(uid));
  for (const [uid, bytes] of [
    [1, null],
    [2, Buffer.alloc(0)],
  ] as const)
    command.fetch?.({ uid, seq: uid, sections: [{ ...section, bytes }] }, request.wanted, 20, Fit.EXACT);
  command.finish({ status: 'OK', text: '' });
  expect(delivered).toEqual(left);
});

it('leaves out what was expunged before its content was read, in one response or in two', () => {
  const delivered: number[] = [];
  const request = fetchRequest({ source: true, flags: true }, Capabilities.none);
  const command = fetch(new MailboxState('INBOX', false), '1:4', request, ({ uid }) => delivered.push(uid));
  const { UID, FLAGS, SECTION } = FetchItemBit;
  const flags = new Set<string>();
  const content = (bytes: Buffer | null) => ({ sections: [{ kind: 'BODY' as const, section: '', bytes }] });
  for (const [uid, bytes] of [
    [1, Buffer.from('x')],
    [2, null],
    [3, Buffer.alloc(0)],
  ] as const)
    expect(command.fetch?.({ uid, seq: uid, flags, ...content(bytes) }, UID | FLAGS | SECTION, 20, Fit.EXACT)).toBe(
      true,
    );
  command.fetch?.({ uid: 4, seq: 4, ...content(null) }, UID | SECTION, 20, Fit.PART);
  command.fetch?.({ uid: 4, seq: 4, flags }, UID | FLAGS, 20, Fit.PART);
  command.finish({ status: 'OK', text: '' });
  expect(delivered).toEqual([1, 3]);
});

it("takes for '*' what was the last message as it was sent, not when it was called for", async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3);
  const delivered: number[] = [];
  const request = fetchRequest({ flags: true }, Capabilities.none);
  dialogue.run(commandOf('ALONE', { alone: true }), { mailbox });
  const fetched = dialogue.run(
    fetch(mailbox, '*', request, ({ uid }) => delivered.push(uid)),
    { mailbox },
  );
  expect(await dialogue.turn()).toBe('A3 ALONE\r\n');
  dialogue.lines('* 2 EXPUNGE', '* 2 EXPUNGE', 'A3 OK done');
  expect(await dialogue.turn()).toBe('A4 UID FETCH * (UID FLAGS)\r\n');
  dialogue.lines('* 3 EXISTS', '* 1 FETCH (UID 7 FLAGS ())', 'A4 OK done');
  await fetched.promise;
  expect(delivered).toEqual([7]);
});
