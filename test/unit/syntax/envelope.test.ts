import { deepStrictEqual } from 'node:assert';
import { describe, expect, it } from 'vitest';
import { parseDate } from '../../../src/mime/date.ts';
import type { Address } from '../../../src/syntax/address.ts';
import { readEnvelope } from '../../../src/syntax/envelope.ts';
import { Random } from '../wire/random.ts';
import { readerOf } from './reader-of.ts';

const envelopeOf = (text: string) => readEnvelope(readerOf(text));
const toOf = (addresses: string): Address[] => envelopeOf(`(NIL NIL NIL NIL NIL ${addresses} NIL NIL NIL NIL)`).to;

describe('readEnvelope', () => {
  it('gives a plain object without the keys that say nothing', () => {
    const nobody = { from: [], sender: [], replyTo: [], to: [], cc: [], bcc: [] };
    deepStrictEqual(envelopeOf('(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)'), { ...nobody, raw: {} });
    deepStrictEqual(envelopeOf('()'), { ...nobody, raw: {} });
    deepStrictEqual(envelopeOf('("" "" NIL NIL NIL NIL NIL NIL "" "")'), {
      ...nobody,
      subject: '',
      inReplyTo: '',
      messageId: '',
      raw: { date: '', subject: '' },
    });
  });

  it('takes literals anywhere', () => {
    const text =
      '({31}\r\nFri, 21 Nov 1997 09:55:06 -0600 {5}\r\nhi{2} (({1}\r\nA NIL {1}\r\na {1}\r\nb)) NIL NIL NIL NIL NIL {1}\r\nr {1}\r\nm)';
    const ab = { name: 'A', address: 'a@b' };
    expect(envelopeOf(text)).toEqual({
      date: new Date(880127706000),
      subject: 'hi{2}',
      from: [ab],
      sender: [ab],
      replyTo: [ab],
      to: [],
      cc: [],
      bcc: [],
      inReplyTo: 'r',
      messageId: 'm',
      raw: { date: 'Fri, 21 Nov 1997 09:55:06 -0600', subject: 'hi{2}' },
    });
  });

  it('decodes what stands between two literals, though the same stands behind the second', () => {
    const named = '(("=?utf-8?q?=E2=82=AC?=" NIL {1}\r\n" "h"))';
    const raw = '((NIL NIL {2}\r\n\xc3\xbc {2}\r\n\xc3\xbc))';
    for (const [list, expected] of [
      [named, { name: '€', address: '"@h' }],
      [raw, { address: 'ü@ü' }],
    ] as const) {
      const { from, sender, replyTo, to } = envelopeOf(
        `(NIL {1}\r\ns ${list} ${list} ${list} ${list} NIL NIL NIL NIL)`,
      );
      expect([from, sender, replyTo, to]).toEqual([[expected], [expected], [expected], [expected]]);
    }
  });

  it('decodes encoded words and raw UTF-8, and keeps the subject as it was sent', () => {
    const { subject, raw, to } = envelopeOf(
      '(NIL "=?utf-8?q?=E2=82=AC?= b" NIL NIL NIL (("=?iso-8859-1?Q?J=FCrg?=" NIL "j\xc3\xbcrg" "x.\xc3\xa9")) NIL NIL NIL NIL)',
    );
    expect(subject).toBe('€ b');
    expect(raw.subject).toBe('=?utf-8?q?=E2=82=AC?= b');
    expect(to).toEqual([{ name: 'Jürg', address: 'jürg@x.é' }]);
  });

  it('decodes what stands before, between and behind plain text', () => {
    const list = (name: string) => `(("${name}" NIL "a" "b"))`;
    const coded = '=?utf-8?q?=E2=82=AC?=';
    const envelope = envelopeOf(
      `(NIL "${coded}" ${list('from')} ${list(coded)} ${list('reply')} ${list(coded)} ${list('cc')} ${list(coded)} NIL NIL)`,
    );
    const names = [envelope.from, envelope.sender, envelope.replyTo, envelope.to, envelope.cc, envelope.bcc].map(
      ([one]) => one && 'name' in one && one.name,
    );
    expect([envelope.subject, ...names]).toEqual(['€', 'from', '€', 'reply', '€', 'cc', '€']);
  });

  it('reads other dates too, and none', () => {
    expect(envelopeOf('("8 May 2010 16:03 +0200" NIL NIL NIL NIL NIL NIL NIL NIL NIL)').date).toEqual(
      new Date('2010-05-08T14:03:00Z'),
    );
    expect(envelopeOf('("yesterday" NIL NIL NIL NIL NIL NIL NIL NIL NIL)')).not.toHaveProperty('date');
  });

  it('takes NIL in any case of letters for what it is, behind a subject or a name too', () => {
    const list = '(("A" NIL "a" "b")("C" nil "c" "d"))';
    const envelope = envelopeOf(`("x" "s" nil nil nil ${list} Nil NIL NIL "r" NIL)`);
    expect(envelope).toMatchObject({
      subject: 's',
      from: [],
      to: [
        { name: 'A', address: 'a@b' },
        { name: 'C', address: 'c@d' },
      ],
    });
    expect(toOf('(("A" nil "a" "b")("C" NIL "c" "d"))')).toEqual(envelope.to);
  });

  it('takes what only begins as NIL does for part of the subject, or of the name', () => {
    const list = '(("5" nails" NIL "a" "b"))';
    expect(envelopeOf(`("x" "5" Nile cruises" ((NIL NIL "c" "d")) NIL NIL ${list} NIL NIL "r" NIL)`)).toMatchObject({
      subject: '5" Nile cruises',
      from: [{ address: 'c@d' }],
      to: [{ name: '5" nails', address: 'a@b' }],
    });
  });

  it('reads groups', () => {
    expect(
      toOf(
        '((NIL NIL "=?utf-8?q?=E2=82=AC?=" NIL)("A" NIL "a" "x")(NIL NIL "b" "x")(NIL NIL NIL NIL)(NIL NIL "c" "x")(NIL NIL "open" NIL)(NIL NIL "d" "x"))',
      ),
    ).toEqual([
      { group: '€', members: [{ name: 'A', address: 'a@x' }, { address: 'b@x' }] },
      { address: 'c@x' },
      { group: 'open', members: [{ address: 'd@x' }] },
    ]);
    expect(toOf('((NIL NIL NIL NIL))')).toEqual([]);
    // Courier: `To: undisclosed: a@x;, c@x`
    expect(
      toOf('((NIL NIL "" NIL)(NIL NIL "a" "x")(NIL NIL "" NIL)(NIL NIL "c" "x")(NIL NIL "" NIL)(NIL NIL "" NIL))'),
    ).toEqual([{ group: '', members: [{ address: 'a@x' }] }, { address: 'c@x' }, { group: '', members: [] }]);
    // The same of `A (one) <a@x> (two)`, which is no group, and of `a@x; b@x`
    expect(toOf('(("A (one)" NIL "a" "x")(NIL NIL "" NIL))')).toEqual([{ name: 'A (one)', address: 'a@x' }]);
    expect(toOf('((NIL NIL "a" "x")(NIL NIL "" NIL)("B" NIL "b" "x"))')).toEqual([
      { address: 'a@x' },
      { name: 'B', address: 'b@x' },
    ]);
  });

  it('takes off the quotes of a local part, as RFC 3501 §7.4.2 has servers do it', () => {
    // Courier leaves them.
    expect(
      toOf(String.raw`((NIL NIL "\"a@b\"" "x")("E" NIL "\"esc\\\"q\"" "x")(NIL NIL "\"" "x")(NIL NIL "a\"b\"" "x"))`),
    ).toEqual([{ address: 'a@b@x' }, { name: 'E', address: 'esc"q@x' }, { address: '"@x' }, { address: 'a"b"@x' }]);
  });

  it('reads addresses that servers break', () => {
    expect(toOf('((NIL NIL "a" ""))')).toEqual([{ address: 'a' }]);
    expect(toOf('((NIL NIL "a" ".MISSING-HOST-NAME."))')).toEqual([{ address: 'a' }]);
    expect(toOf('(("A" NIL "a" "SYNTAX_ERROR"))')).toEqual([{ name: 'A', address: 'a' }]);
    expect(toOf('(("A" NIL "MISSING_MAILBOX" "MISSING_DOMAIN"))')).toEqual([{ name: 'A', address: '' }]);
    expect(toOf('((NIL NIL "MISSING_MAILBOX" "x"))')).toEqual([{ address: '@x' }]);
    expect(toOf('((NIL NIL "a" "unspecified-domain"))')).toEqual([{ address: 'a' }]);
    expect(toOf('((NIL NIL "Mary" "SYNTAX.example")(NIL NIL "m" "unseen.name"))')).toEqual([
      { address: 'Mary@SYNTAX.example' },
      { address: 'm@unseen.name' },
    ]);
    expect(toOf('(("" NIL "<a" "b>"))')).toEqual([{ address: 'a@b' }]);
    expect(toOf('(("one" "two" NIL "a" "b"))')).toEqual([{ name: 'one two', address: 'a@b' }]);
    expect(toOf('(("one" "two" "three" NIL "a" "b"))')).toEqual([{ name: 'one two three', address: 'a@b' }]);
    expect(toOf('(("A"))')).toEqual([{ name: 'A', address: '' }]);
    expect(toOf('(())')).toEqual([]);
    expect(toOf('(NIL "x" (NIL NIL "a" "b"))')).toEqual([{ address: 'a@b' }]);
    expect(toOf('"nobody"')).toEqual([]);
  });

  it('does not hand one list out twice', () => {
    const envelope = envelopeOf('(NIL NIL ((NIL NIL "a" "b")) ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL NIL)');
    expect(envelope.sender).toEqual(envelope.from);
    expect(envelope.sender).not.toBe(envelope.from);
    expect(envelope.replyTo).not.toBe(envelope.from);
    for (const lists of ['((NIL NIL "a" "b")) NIL NIL', 'NIL ((NIL NIL "a" "b")) NIL']) {
      const { from, sender, replyTo } = envelopeOf(`(NIL NIL ${lists} NIL NIL NIL NIL NIL)`);
      expect([from, sender, replyTo]).toEqual([envelope.from, envelope.from, envelope.from]);
      expect(new Set([from, sender, replyTo]).size).toBe(3);
    }
  });

  it('reads an ID without the space that Dovecot and Cyrus leave behind it', () => {
    expect(envelopeOf('(NIL NIL NIL NIL NIL NIL NIL NIL "<a@b> <c@d> " "<m@x>\t ")')).toMatchObject({
      inReplyTo: '<a@b> <c@d>',
      messageId: '<m@x>',
    });
  });

  it('passes over what may follow, and stops there', () => {
    const reader = readerOf('(NIL NIL NIL NIL NIL NIL NIL NIL NIL "m" ("x" (1)) 7) UID 1');
    expect(readEnvelope(reader).messageId).toBe('m');
    expect(reader.rest()).toBe(' UID 1');
  });

  it.each(['(NIL NIL', 'NIL', '("a', '(NIL NIL (('])('refuses %j', (text) => {
    expect(() => envelopeOf(text)).toThrow(expect.objectContaining({ code: 'SYNTAX' }));
  });

  it('unfolds what a server leaves folded, and keeps it as it came beside that', () => {
    const { subject, raw, from } = envelopeOf(
      '(NIL {7}\r\na =\r\n\tb (({6}\r\nx\r\n  y NIL "a" "b")) NIL NIL NIL NIL NIL NIL NIL)',
    );
    expect([subject, raw.subject, from]).toEqual(['a =\tb', 'a =\r\n\tb', [{ name: 'x  y', address: 'a@b' }]]);
  });

  it('costs time in proportion to its length', () => {
    const started = performance.now();
    expect(toOf(`(${'("=?utf-8?q?=E2=82=AC?=" NIL "a" "b")'.repeat(20_000)})`)).toHaveLength(20_000);
    expect(toOf(`((${'"a\\\\" '.repeat(100_000)}NIL "a" "b"))`)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

describe('what is usual is read on a shorter way, and means the same', () => {
  const DATES = [
    'Fri, 21 Nov 1997 09:55:06 -0600',
    '1 Jul 2003 10:52:37 +0200',
    '29 Feb 2024 23:59:60 +0000 (UTC)',
    'Mon, 31 Dec 1899 23:00:00 -0100',
  ];
  const INSTEAD = '0123456789 :,+-()JFMASONDanebrulgptovcFxyz';

  it('for dates, with one or two characters of them changed', () => {
    const random = new Random(1997);
    let read = 0;
    for (let round = 0; round < 5000; round++) {
      const letters = [...(DATES[round % DATES.length] ?? '')];
      // The day of the week says nothing, and is not looked at on either way unless it looks like something else.
      const fixed = letters[3] === ',' ? 5 : 0;
      for (let changes = round % 3; changes > 0; changes--)
        letters.splice(fixed + random.below(letters.length - fixed), random.below(2), random.pick(INSTEAD));
      const date = letters.join('');
      const envelope = envelopeOf(`("${date}" NIL NIL NIL NIL NIL NIL NIL NIL NIL)`);
      expect({ date, is: envelope.date }).toEqual({ date, is: parseDate(date) });
      if (envelope.date !== undefined) read++;
    }
    expect(read).toBeGreaterThan(2000);
  });

  const ADDRESSES = [
    '("Ada L" NIL "ada" "example.org")',
    '(NIL NIL "bob" "example.org")',
    '("" NIL "c" "example.org")',
    '("=?utf-8?q?=E2=82=AC?=" NIL "d" "example.org")',
    '("caf\xe9" NIL "\xe9" "example.org")',
    '("E \\"x\\"" NIL "e\\"" "example.org")',
    '("F" "@route" "f" "example.org")',
    '(NIL NIL "group" NIL)',
    '(NIL NIL NIL NIL)',
    '("" NIL "<g=h" "i>")',
    '("H" NIL "h" "MISSING_DOMAIN")',
    '("I" NIL "i" ".MISSING-HOST-NAME.")',
    '("J" NIL "j" "")',
    '("S" NIL "MISSING_MAILBOX" "SYNTAX_ERROR")',
    '("U" NIL "u" "unspecified-domain")',
    '("K" NIL "" "Mail.example.org")',
    '("L" NIL NIL "example.org")',
    '("the "M"" NIL "m" "example.org")',
    '("N" "n" "example.org")',
    String.raw`(NIL NIL "\"n n\"" "example.org")`,
    '("<o@example.org>" NIL "O" NIL)',
    'NIL',
  ];

  it('for addresses, whatever stands beside them', () => {
    const random = new Random(2822);
    for (let round = 0; round < 2000; round++) {
      const length = 1 + random.below(round % 50 === 0 ? 40 : 5);
      const addresses = Array.from({ length }, () => ADDRESSES[random.below(ADDRESSES.length)] ?? '');
      const list = addresses.join('');
      // Spaces between them are for the longer way.
      expect({ list, is: toOf(`(${list})`) }).toEqual({ list, is: toOf(`( ${addresses.join('  ')})`) });
    }
  });

  it('takes linear time for a name that looks as if it were an address, and never becomes one', () => {
    const name = `<${'@'.repeat(1_000_000)}`;
    expect(toOf(`(("${name}" NIL NIL NIL))`)).toHaveLength(1);
    expect(toOf(`(("${name}>" NIL "P" NIL))`)).toEqual([{ name: 'P', address: '@'.repeat(1_000_000) }]);
  });
});
