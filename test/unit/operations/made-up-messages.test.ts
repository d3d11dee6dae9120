import { describe, expect, it } from 'vitest';
import { HeaderFields } from '../../../src/mime/header.ts';
import { HeldBack, looksMadeUp, mayBeMadeUp } from '../../../src/operations/made-up-messages.ts';
import type { Envelope } from '../../../src/syntax/envelope.ts';
import type { FetchedItems, FetchItems } from '../../../src/syntax/fetch-items.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';

const anna = [{ address: 'anna@example.org' }];
const envelope = (fields: Partial<Envelope> = {}): Envelope => ({
  ...{ from: [], sender: [], replyTo: [], to: [], cc: [], bcc: [], raw: {} },
  ...fields,
});
const bytes = Buffer.from('x');
const none = Buffer.alloc(0);
const blank = { part: '1', type: 'text/plain', params: {}, encoding: '7bit', size: 0, lines: 0 };
const epoch = new Date(0);
const ANY = { server: undefined };

const MADE_UP: Partial<FetchedItems>[] = [
  { envelope: envelope() },
  { internalDate: epoch },
  { size: 0 },
  { bodyStructure: blank },
  { size: 9, internalDate: epoch },
  { size: 0, internalDate: new Date(1) },
  { envelope: envelope({ from: anna }), bodyStructure: blank },
  // Header fields may be at hand, and no text.
  { size: 0, parts: new Map([['HEADER.FIELDS (SUBJECT)', bytes]]) },
  { size: 0, parts: new Map([['1', null]]), binary: new Map([['1', none]]) },
  { size: 0, source: none },
];
const REAL: Partial<FetchedItems>[] = [
  {},
  { size: 1, internalDate: new Date(1), envelope: envelope({ raw: { subject: '' } }) },
  { envelope: envelope({ raw: { date: 'x' } }) },
  { envelope: envelope({ messageId: '<1@x>' }) },
  { envelope: envelope({ inReplyTo: '<1@x>' }) },
  { envelope: envelope({ from: anna, to: anna }) },
  { envelope: envelope({ cc: anna }) },
  { envelope: envelope({ to: anna, cc: anna }) },
  { envelope: envelope({ cc: anna, bcc: anna }) },
  { envelope: envelope({ bcc: anna }) },
  { bodyStructure: { ...blank, type: 'text/html' } },
  { bodyStructure: { ...blank, size: 1 } },
  { bodyStructure: { ...blank, params: { charset: 'us-ascii' } } },
  { bodyStructure: { part: '', type: 'multipart/mixed', params: {}, parts: [] } },
  { size: 0, source: bytes },
  { size: 0, parts: new Map([['1', none]]), binary: new Map([['2', bytes]]) },
  {
    size: 0,
    parts: new Map([
      ['HEADER', bytes],
      ['TEXT', bytes],
    ]),
  },
];

it.each(MADE_UP)('made up, perhaps: %o', (items) => expect(looksMadeUp({ uid: 1, ...items }, ANY)).toBe(true));
it.each(REAL)('not made up: %o', (items) => expect(looksMadeUp({ uid: 1, ...items }, ANY)).toBe(false));

it.each(REAL)('not made up by Courier either: %o', (items) => {
  expect(looksMadeUp({ uid: 1, ...items }, { server: 'Courier' })).toBe(false);
});

it.each<Partial<FetchedItems>>([
  { source: none },
  { parts: new Map([['1', none]]) },
  { binary: new Map([['1', null]]) },
  { headers: new HeaderFields(Buffer.from('From: anna@example.org\r\n\r\n')) },
])('nothing that is empty, and no header of another message, is made up by Courier: %o', (items) => {
  expect(looksMadeUp({ uid: 1, ...items }, { server: 'Courier' })).toBe(false);
});

it('is by what Courier makes up only where it is Courier', () => {
  const items = { size: 129, envelope: envelope({ subject: 'message unavailable', from: anna, to: anna }) };
  expect(looksMadeUp({ uid: 1, ...items }, ANY)).toBe(false);
  expect(looksMadeUp({ uid: 1, ...items }, { server: 'Courier' })).toBe(true);
});

it.each<FetchItems>([{ envelope: true }, { internalDate: true }, { size: true }, { bodyStructure: true }])(
  'is made up where it is asked for: %o',
  (items) => {
    const asked = [items, { flags: true, source: true }];
    expect(asked.map((one) => mayBeMadeUp(one, { server: undefined }))).toEqual([true, false]);
    expect(asked.map((one) => mayBeMadeUp(one, { server: 'Courier' }))).toEqual([true, true]);
  },
);

describe('HeldBack', () => {
  function held(limit: number) {
    const given: number[] = [];
    const back = new HeldBack<{ uid: number } & Partial<FetchedItems>>(limit, ANY, ({ uid }) => given.push(uid));
    const add = (uid: number, size: number, length = 100) => back.add({ uid, size }, length);
    return { given, back, add };
  }

  it('gives what comes before one that looks made up at once, and what comes behind it in order, but for those that are gone', () => {
    const { given, back, add } = held(1e6);
    for (const [uid, size] of [9, 5, 0, 5, 0, 5].entries()) add(uid + 1, size);
    expect([given, back.doubtful]).toEqual([
      [1, 2],
      [3, 5],
    ]);
    back.release(UidSet.from(5));
    expect(given).toEqual([1, 2, 3, 4, 6]);
  });

  it('holds no more than its limit: what does not look made up goes ahead then, and what looks so stays', () => {
    const { given, back, add } = held(300);
    for (const [uid, size] of [0, 5, 0].entries()) add(uid + 1, size);
    expect(given).toEqual([]);
    add(4, 5);
    expect(given).toEqual([2, 4]);
    for (const [uid, size] of [5, 0, 5].entries()) add(uid + 5, size);
    expect(given).toEqual([2, 4, 5, 7]);
    back.release(UidSet.from(3));
    expect(given).toEqual([2, 4, 5, 7, 1, 6]);
  });

  it('takes nothing for made up that is longer than that, or beyond as many as are looked for', () => {
    const { given, back, add } = held(1e6);
    add(1, 0, 2001);
    expect(given).toEqual([1]);
    for (let uid = 2; uid <= 1002; uid++) add(uid, 0);
    expect(back.doubtful).toHaveLength(1000);
    back.release(UidSet.empty);
    expect(given).toHaveLength(1002);
  });
});
