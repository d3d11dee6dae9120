import { describe, expect, it } from 'vitest';
import { getQuota } from '../../../src/commands/getquota.ts';
import { getQuotaRoot } from '../../../src/commands/getquotaroot.ts';
import { setQuota } from '../../../src/commands/setquota.ts';
import { UsageError } from '../../../src/index.ts';
import { readQuota } from '../../../src/syntax/quota.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

describe('GETQUOTA', () => {
  it.each([
    // RFC 9208 §4.1.1
    ['* QUOTA "" (STORAGE 10 512)', '', { STORAGE: { used: 10, limit: 512 } }],
    [
      '* QUOTA "!partition/sda4" (STORAGE 104 10923847)',
      '!partition/sda4',
      { STORAGE: { used: 104, limit: 10923847 } },
    ],
    // Gmail: more than 32 bits
    ['* QUOTA "" (STORAGE 4294967300 15728640000)', '', { STORAGE: { used: 4294967300, limit: 15728640000 } }],
    // no limit, as the greatest number there is
    ['* QUOTA "" (STORAGE 0 9223372036854775807)', '', { STORAGE: { used: 0, limit: 2 ** 63 } }],
    ['* QUOTA "" (STORAGE  10  512)', '', { STORAGE: { used: 10, limit: 512 } }],
    ['* QUOTA "" (storage -1 512)', '', { STORAGE: { used: 0, limit: 512 } }],
    // no limit
    [
      '* QUOTA "" (STORAGE 1 NIL MESSAGE 2 unlimited MAILBOX 3 -1 X 4)',
      '',
      {
        STORAGE: { used: 1, limit: Number.POSITIVE_INFINITY },
        MESSAGE: { used: 2, limit: Number.POSITIVE_INFINITY },
        MAILBOX: { used: 3, limit: Number.POSITIVE_INFINITY },
        X: { used: 4, limit: Number.POSITIVE_INFINITY },
      },
    ],
    ['* QUOTA #user/alice ()', '#user/alice', {}],
    ['* QUOTA #user/alice', '#user/alice', {}],
    [
      '* QUOTA root (MESSAGE 1 2 MAILBOX 3 4 ANNOTATION-STORAGE 5 6 X-NUM-FOLDERS 7 8)',
      'root',
      {
        MESSAGE: { used: 1, limit: 2 },
        MAILBOX: { used: 3, limit: 4 },
        'ANNOTATION-STORAGE': { used: 5, limit: 6 },
        'X-NUM-FOLDERS': { used: 7, limit: 8 },
      },
    ],
  ])('reads %s', async (line, root, resources) => {
    const { sent, result, unknown } = await answered('QUOTA', getQuota(root), [line]);
    expect(sent).toBe(`GETQUOTA "${root}"`);
    expect(result).toEqual({ root, resources });
    expect(unknown).toEqual([]);
  });

  it('takes a name like any other for a resource', async () => {
    const { result } = await answered('QUOTA', getQuota(''), ['* QUOTA "" (__PROTO__ 1 2 CONSTRUCTOR 3 4)']);
    expect(Object.keys(result.resources)).toEqual(['__PROTO__', 'CONSTRUCTOR']);
    expect(Object.getPrototypeOf(result.resources)).toBe(Object.prototype);
  });

  it('runs one at a time: a QUOTA does not tell which command it answers', async () => {
    const dialogue = Dialogue.ready('QUOTA');
    const [first, second] = [dialogue.run(getQuota('a')), dialogue.run(getQuota('b'))];
    expect(await dialogue.turn()).toBe('A1 GETQUOTA "a"\r\n');
    dialogue.lines('* QUOTA a (STORAGE 1 2)', 'A1 OK');
    expect(await dialogue.turn()).toBe('A2 GETQUOTA "b"\r\n');
    dialogue.lines('* QUOTA b (STORAGE 3 4)', 'A2 OK');
    expect((await first.promise).root).toBe('a');
    expect((await second.promise).resources).toEqual({ STORAGE: { used: 3, limit: 4 } });
  });

  it('is refused where the server has no quotas, before a byte is sent', async () => {
    const dialogue = Dialogue.ready('');
    await expect(dialogue.run(getQuota('')).promise).rejects.toThrow('the server does not offer QUOTA');
    expect(await dialogue.turn()).toBe('');
  });
});

describe('GETQUOTAROOT', () => {
  it('reads the roots and their quotas (RFC 9208 §4.1.2)', async () => {
    const { sent, result } = await answered('QUOTA', getQuotaRoot('INBOX'), [
      '* QUOTAROOT INBOX "" "User quota" {3}\r\na"b',
      '* QUOTA "" (STORAGE 10 512)',
      '* QUOTA "User quota" (MESSAGE 1 2)',
    ]);
    expect(sent).toBe('GETQUOTAROOT "INBOX"');
    expect(result.roots).toEqual(['', 'User quota', 'a"b']);
    expect(result.quotas.map(({ root }) => root)).toEqual(['', 'User quota']);
  });

  it('reads more roots than a call has room for arguments', async () => {
    const { result } = await answered('QUOTA', getQuotaRoot('x'), [
      `* QUOTAROOT x ${Array.from({ length: 180_000 }, (_, at) => at.toString(36)).join(' ')}`,
    ]);
    expect(result.roots.length).toBe(180_000);
  });

  it('reads of a mailbox that has none', async () => {
    const { result } = await answered('QUOTA', getQuotaRoot('comp.mail.mime'), ['* QUOTAROOT comp.mail.mime']);
    expect(result).toEqual({ roots: [], quotas: [] });
  });

  it('makes nothing up where the server tells nothing', async () => {
    const told = answered('QUOTA', getQuotaRoot('x'), []);
    await expect(told).rejects.toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
  });
});

describe('SETQUOTA', () => {
  it('sends the limits (RFC 9208 §4.1.3), of more than 32 bits too', async () => {
    const { sent, result } = await answered('QUOTA', setQuota('', { storage: 512, MESSAGE: 2 ** 40 }), [
      '* QUOTA "" (STORAGE 10 512 MESSAGE 1 1099511627776)',
    ]);
    expect(sent).toBe('SETQUOTA "" (STORAGE 512 MESSAGE 1099511627776)');
    expect(result?.resources.MESSAGE).toEqual({ used: 1, limit: 2 ** 40 });
  });

  it('gives the quota of its own root, though others are told beside it (RFC 9208 §4.1.3)', async () => {
    const told = (...roots: string[]) => roots.map((root) => `* QUOTA ${root} (STORAGE 1 2)`);
    for (const roots of [
      ['r', 'other'],
      ['other', 'r'],
    ])
      for (const command of [setQuota('r', { STORAGE: 2 }), getQuota('r')])
        expect((await answered('QUOTA', command, told(...roots))).result?.root).toBe('r');
    expect((await answered('QUOTA', getQuota('R'), told('r'))).result.root).toBe('r');
  });

  it('lifts all limits with none', async () => {
    expect((await answered('QUOTA', setQuota('r', {}), [])).sent).toBe('SETQUOTA "r" ()');
  });

  it.each([{ 'A B': 1 }, { STORAGE: -1 }, { STORAGE: 1.5 }, { STORAGE: Number.NaN }, { a: 1, A: 2 }])(
    'refuses %j',
    async (limits) => {
      const dialogue = Dialogue.ready('QUOTA');
      await expect(
        dialogue.run(setQuota('', limits as Record<string, number>)).promise, // each is a mistake
      ).rejects.toBeInstanceOf(UsageError);
      expect(await dialogue.turn()).toBe('');
    },
  );
});

it('takes no list of the next line for that of a response without one', () => {
  const quotas: unknown[] = [];
  const framer = new Framer({
    frame(frame) {
      const reader = new Reader();
      reader.reset(frame);
      reader.position += '* QUOTA'.length;
      quotas.push(readQuota(reader));
    },
  });
  framer.receive(Buffer.from('* QUOTA a b\r\n* QUOTA c (STORAGE 1 2)\r\n'));
  expect(quotas).toEqual([
    { root: 'a b', resources: {} },
    { root: 'c', resources: { STORAGE: { used: 1, limit: 2 } } },
  ]);
});
