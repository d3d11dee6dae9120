import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import {
  canonicalMailboxName,
  decodeMailboxName,
  decodeUtf8MailboxName,
  encodeMailboxName,
  encodeUtf8MailboxName,
  readAsUtf8,
  sameMailbox,
} from '../../../src/wire/mailbox-name.ts';
import { Random } from './random.ts';

/** The bytes of UTF-8, each as a character: what a server sends raw. */
const raw = (text: string) => Buffer.from(text).toString('latin1');

describe('modified UTF-7', () => {
  it.each([
    ['', ''],
    ['INBOX', 'INBOX'],
    ['a b"\\*%{', 'a b"\\*%{'],
    ['&', '&-'],
    ['&&', '&-&-'],
    ['R&D', 'R&-D'],
    ['Tom & Jerry', 'Tom &- Jerry'],
    ['&AOk-', '&-AOk-'],
    ['é', '&AOk-'],
    ['é&', '&AOk-&-'],
    ['éa&é', '&AOk-a&-&AOk-'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['Entwürfe', 'Entw&APw-rfe'],
    ['Отправленные', '&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-'],
    ['😀', '&2D3eAA-'],
    ['a😀é', 'a&2D3eAADp-'],
    ['\ufeffx', '&,v8-x'],
    ['\uffff', '&,,8-'],
  ])('%j is written %j', (name, encoded) => {
    expect(encodeMailboxName(name)).toBe(encoded);
    expect(decodeMailboxName(encoded)).toBe(name);
  });

  it.each(['\0', 'a\rb', 'a\nb', 'é\r\né', '\udc00', 'a\udc0a', '\udc0d'])('refuses CR, LF and NUL: %j', (name) => {
    expect(() => encodeMailboxName(name)).toThrow(UsageError);
    expect(() => encodeUtf8MailboxName(name)).toThrow(UsageError);
  });

  it.each(['\ud800', '\udfff', 'a\ude00b', '\ud83d', '\ude00\ud83d', '\udc41', '\udc38', '\udc38a', 'é\udc7e'])(
    'refuses half of a surrogate pair: %j',
    (name) => {
      expect(() => encodeMailboxName(name)).toThrow(UsageError);
      expect(() => encodeUtf8MailboxName(name)).toThrow(UsageError);
    },
  );

  it('writes other control characters in base64, never raw', () => {
    expect(encodeMailboxName('a\tb\x7f\x85')).toBe('a&AAk-b&AH8AhQ-');
  });
});

describe('a listed name that is not proper modified UTF-7', () => {
  it.each([
    ['an ampersand alone', 'R&D', 'R\udc26D'],
    ['an ampersand at the end', 'R&', 'R\udc26'],
    ['a shift without its end', '&AOk', '\udc26AOk'],
    ['a shift cut short', '&AO-', '\udc26AO-'],
    ['half a character too much', '&AOkA-', '\udc26AOkA-'],
    ['bits left over', '&AOl-', '\udc26AOl-'],
    ['printable US-ASCII in base64', '&AGE-', '\udc26AGE-'],
    ['an ampersand in base64', '&ACY-', '\udc26ACY-'],
    ['two shifts where one would do', '&AOk-&AOk-', 'é\udc26AOk-'],
    ['a slash of ordinary base64', '&U/BTFw-', '\udc26U/BTFw-'],
    ['half of a surrogate pair', '&2D0-', '\udc262D0-'],
    ['proper and improper side by side', '&AOk- & &AOk-', 'é \udc26 é'],
    ['raw UTF-8', raw('Entwürfe/日本'), 'Entw\udc38ürfe/\udc38日本'],
    ['raw UTF-8, then a shift', `${raw('é')}&AOk-`, '\udc38é\udc26AOk-'],
    ['a shift, then raw UTF-8', `&AOk-${raw('é')}`, 'é\udc38é'],
    ['raw UTF-8 that begins with a byte order mark', raw('\ufeffé'), '\udc38\ufeffé'],
    ['raw latin1', 'caf\xe9', 'caf\udce9'],
    ['an overlong form', '\xc0\xaf', '\udcc0\udcaf'],
    ['a surrogate in UTF-8', '\xed\xa0\x80', '\udced\udca0\udc80'],
    ['a raw control character', 'a\tb\x7f', 'a\udc09b\udc7f'],
    ['a control character in raw UTF-8', raw('\x85'), '\udcc2\udc85'],
    ['a control character in an improper shift', '&AGEACg-', '\udc26AGEACg-'],
  ])('%s: shown with the escape, sent back as it was', (_, encoded, name) => {
    expect(decodeMailboxName(encoded)).toBe(name);
    expect(encodeMailboxName(name)).toBe(encoded);
  });

  it.each(['&AA0ACg-', '&AAA-', 'x/&AAo-y', '&-/&AAo-', '&AH8-', '&AIUA6Q-', '&-AA0ACg-', '&--AA0ACg-', '&--/&-AAo-'])(
    '%s would decode to control characters, or to such a name: it stays encoded',
    (encoded) => {
      expect(decodeMailboxName(encoded)).toBe(encoded);
      expect(encodeMailboxName(encoded)).toBe(encoded);
    },
  );

  it.each(['a\rb', 'a\nb', '\0'])('%j is shown without its control character, and can not be sent', (encoded) => {
    const name = decodeMailboxName(encoded);
    expect(name).not.toMatch(/\p{Cc}/u);
    expect(() => encodeMailboxName(name)).toThrow(UsageError);
  });

  it('keeps the parts of a path apart: parents and children have the names that they were listed under', () => {
    const parent = decodeMailboxName('R&D/&AOk-');
    expect(decodeMailboxName('R&D/&AOk-/x')).toBe(`${parent}/x`);
    expect(encodeMailboxName(`${parent}/neu ü`)).toBe('R&D/&AOk-/neu &APw-');
  });
});

const PIECES = ['&', '-', '&-', 'A', 'AA', 'AOk', 'AAo', 'ACg', '2D3eAA', 'Z', '/', ',', '+', ' ', '.', '\t', '\x7f'];
const BYTES = ['\xc3\xa9', '\xc3', '\xa9', '\xff', '\xe6\x97\xa5', '\xef\xbb\xbf', '\xc2\x85', '\x01'];
const ESCAPES = ['\udc26', '\udc38', '\udce9', '\udc09', '\ud83d', '\ude00'];
const TEXTS = ['é', '日本', '😀', '\ufeff', '\uffff', 'ü', 'a', '&AOk-', '&AAo-', 'é&'];

function joined(random: Random, pieces: string[], longest: number): string {
  let text = '';
  for (let count = random.below(longest + 1); count > 0; count--) text += pieces[random.below(pieces.length)];
  return text;
}

describe('the round trip', () => {
  it('of every listed name without CR, LF and NUL is exact, and no two names are shown alike', () => {
    const random = new Random(1);
    const seen = new Map<string, string>();
    for (let round = 0; round < 10_000; round++) {
      const encoded = joined(random, [...PIECES, ...BYTES], 7);
      const name = decodeMailboxName(encoded);
      expect(encodeMailboxName(name)).toBe(encoded);
      expect(name).not.toMatch(/\p{Cc}/u);
      expect(seen.get(name) ?? encoded).toBe(encoded);
      seen.set(name, encoded);
    }
  });

  it('of every two bytes in a shift is exact', () => {
    for (let code = 1; code < 256 * 256; code++) {
      const encoded = `&${String.fromCharCode(code >> 8, code & 0xff)}-`;
      if (/[\0\r\n]/.test(encoded)) continue;
      if (encodeMailboxName(decodeMailboxName(encoded)) !== encoded) expect.fail(JSON.stringify(encoded));
    }
  });

  it('of every shift of one character is exact', () => {
    for (let code = 0; code < 0x10000; code++) {
      const base64 = Buffer.of(code >> 8, code & 0xff).toString('base64');
      const encoded = `x&${base64.slice(0, 3).replaceAll('/', ',')}-`;
      if (encodeMailboxName(decodeMailboxName(encoded)) !== encoded) expect.fail(encoded);
    }
  });

  it('of every proper name is exact, and goes out as printable US-ASCII', () => {
    const random = new Random(2);
    for (let round = 0; round < 10_000; round++) {
      const name = joined(random, [...TEXTS, ...PIECES.filter((piece) => !/\p{Cc}/u.test(piece))], 7);
      const encoded = encodeMailboxName(name);
      expect(encoded).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeMailboxName(encoded)).toBe(name);
    }
  });

  it('never lets CR, LF or NUL out, whatever the name', () => {
    const random = new Random(3);
    for (let round = 0; round < 8_000; round++) {
      const name = joined(random, [...TEXTS, ...PIECES, ...ESCAPES, '\r', '\n', '\0', '\udc0a', '\udc0d', '\udc00'], 5);
      for (const encode of [encodeMailboxName, encodeUtf8MailboxName]) {
        const encoded = outcome(() => encode(name));
        if (encoded !== UsageError) expect(encoded).toMatch(/^[^\0\r\n\u0100-\uffff]*$/);
      }
    }
  });

  it('holds for UTF-8 names too', () => {
    const random = new Random(4);
    for (let round = 0; round < 8_000; round++) {
      const encoded = joined(random, [...PIECES, ...BYTES], 7);
      const name = decodeUtf8MailboxName(encoded);
      expect(encodeUtf8MailboxName(name)).toBe(encoded);
      expect(name).not.toMatch(/\p{Cc}/u);
    }
  });
});

function outcome(encode: () => string): unknown {
  try {
    return encode();
  } catch (error) {
    // Any error of another class fails the comparison.
    return error instanceof UsageError ? UsageError : error;
  }
}

describe('UTF-8 names', () => {
  it.each([
    ['INBOX', 'INBOX'],
    ['R&D', 'R&D'],
    ['&AOk-', '&AOk-'],
    ['Entwürfe', raw('Entwürfe')],
    ['日本/😀', raw('日本/😀')],
    ['caf\udce9', 'caf\xe9'],
  ])('%j', (name, encoded) => {
    expect(encodeUtf8MailboxName(name)).toBe(encoded);
    expect(decodeUtf8MailboxName(encoded)).toBe(name);
  });

  it('sends a name back that was listed before UTF-8 was enabled', () => {
    for (const encoded of ['R&D', raw('Entwürfe'), 'caf\xe9']) {
      expect(encodeUtf8MailboxName(decodeMailboxName(encoded))).toBe(encoded);
    }
  });
});

describe('hostile sizes', () => {
  const size = 300_000;

  it.each([
    ['ampersands', '&'.repeat(size)],
    ['empty shifts', '&-'.repeat(size)],
    ['a shift without end', `&${'A'.repeat(size)}`],
    ['many shifts without end', '&AAAAAAAA'.repeat(size / 10)],
    ['a long shift', `&${'ZeVnLIqe'.repeat(size / 10)}-`],
    ['shifts that touch', '&AOk-'.repeat(size / 5)],
    ['shifts to control characters', '&AAo-'.repeat(size / 5)],
    ['dashes', `&${'-'.repeat(size)}AAo-`],
    ['raw bytes', '\xff'.repeat(size)],
    ['raw UTF-8', raw('日'.repeat(size / 3))],
  ])('%s', (_, encoded) => {
    expect(encodeMailboxName(decodeMailboxName(encoded)) === encoded).toBe(true);
  });

  it('a long name', () => {
    const name = '日本&'.repeat(size / 3);
    expect(decodeMailboxName(encodeMailboxName(name)) === name).toBe(true);
  });
});

describe('canonicalMailboxName', () => {
  it.each([
    ['inbox', 'INBOX'],
    ['InBoX', 'INBOX'],
    ['INBOX', 'INBOX'],
    ['inbox/x', 'inbox/x'],
    ['xinbox', 'xinbox'],
    ['ınbox', 'ınbox'],
    ['İnbox', 'İnbox'],
    ['inbox\n', 'inbox\n'],
  ])('%j is %j', (name, canonical) => {
    expect(canonicalMailboxName(name)).toBe(canonical);
  });
});

describe('sameMailbox', () => {
  it.each([
    ['INBOX', 'inbox', true],
    ['a', 'a', true],
    ['a', 'A', false],
    ['INBOX', 'ınbox', false],
    ['INBOX', 'inbox/x', false],
    ['INBOX/x', 'inbox/x', true],
    ['INBOX.x', 'Inbox.x', true],
    ['INBOX/x', 'inbox/X', false],
    ['INBOX/x', 'inbox.x', false],
    ['INBOXx', 'inboxx', false],
    ['INBOX/x', 'ınbox/x', false],
  ])('%j and %j: %j', (a, b, same) => {
    expect([sameMailbox(a, b), sameMailbox(b, a)]).toEqual([same, same]);
  });

  it.each(['a\tb', 'a\x7f', 'é\x1b\u0085', '&\t'])("a server names the caller's %j by what it was sent", (name) => {
    expect(sameMailbox(decodeMailboxName(encodeMailboxName(name)), name)).toBe(true);
    expect(sameMailbox(decodeUtf8MailboxName(encodeUtf8MailboxName(name)), name)).toBe(true);
    expect(sameMailbox(`${name}x`, name)).toBe(false);
  });

  it('a server that writes a control character raw names the same mailbox', () => {
    expect(sameMailbox(decodeMailboxName('a\x7f'), 'a\x7f')).toBe(true); // Courier
  });

  it.each(['a\rb', 'a\nb', 'a\0b'])('%j, which a server may name though nobody can, is another one', (name) => {
    for (const decode of [decodeMailboxName, decodeUtf8MailboxName])
      expect(sameMailbox(decode(name), 'a\tb')).toBe(false);
  });
});

describe('readAsUtf8', () => {
  it('takes what stands for itself in a listed name for UTF-8', () => {
    for (const name of ['made ü 1', 'R&D', 'ü & ß', 'a', '日本語 &-']) {
      const listed = decodeMailboxName(Buffer.from(name).toString('latin1'));
      expect(readAsUtf8(listed)).toBe(name.replace('&-', '&'));
    }
  });
});

it('is a text', () => {
  for (const value of [5, null, undefined, {}, ['a'], Buffer.from('a')]) {
    const name = value as never; // what no type check stops at run time
    for (const use of [encodeMailboxName, decodeMailboxName, encodeUtf8MailboxName])
      expect(() => use(name)).toThrow(UsageError);
    expect(() => sameMailbox('a', name)).toThrow(UsageError);
  }
});
