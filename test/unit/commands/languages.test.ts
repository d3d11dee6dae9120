import { describe, expect, it } from 'vitest';
import { comparator } from '../../../src/commands/comparator.ts';
import { getJmapAccess } from '../../../src/commands/getjmapaccess.ts';
import { language } from '../../../src/commands/language.ts';
import { namespace } from '../../../src/commands/namespace.ts';
import { proxyAuth } from '../../../src/commands/proxyauth.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { answered } from './answered.ts';

describe('LANGUAGE (RFC 5255 §3.2)', () => {
  it('lists them', async () => {
    const { sent, result } = await answered('LANGUAGE', language([], new ConnectionState()), [
      '* LANGUAGE (EN DE IT "i-default")',
    ]);
    expect(sent).toBe('LANGUAGE');
    expect(result).toEqual(['EN', 'DE', 'IT', 'i-default']);
  });

  it('changes to one of those asked for', async () => {
    const { sent, result } = await answered('LANGUAGE', language(['de', 'fr'], new ConnectionState()), [
      '* LANGUAGE (DE)',
    ]);
    expect(sent).toBe('LANGUAGE "de" "fr"');
    expect(result).toEqual(['DE']);
  });

  it('needs its capability', async () => {
    await expect(answered('', language([], new ConnectionState()), [])).rejects.toMatchObject({
      code: 'MISSING_CAPABILITY',
    });
  });
});

describe('NAMESPACE', () => {
  it('tells prefixes in the language of the server (RFC 5255 §3.4), and passes over other extensions', async () => {
    const { result } = await answered('NAMESPACE', namespace({ utf8: false }), [
      '* NAMESPACE (("" "/" "X-PARAM" ("FLAG1" "FLAG2"))("#mh/" "/" "TRANSLATION" NIL)) ' +
        '(("Other Users/" "/" "X" ("y") "Translation" ("Andere Ben&APw-tzer/") X-Y (z) )) ' +
        '(("Public Folders/" "/" "TRANSLATION" ({29}\r\nGemeinsame Postf&AOQ-cher(x)/)))',
    ]);
    expect(result).toEqual({
      personal: [
        { prefix: '', delimiter: '/' },
        { prefix: '#mh/', delimiter: '/' },
      ],
      otherUsers: [{ prefix: 'Other Users/', delimiter: '/', translation: 'Andere Benützer/' }],
      shared: [{ prefix: 'Public Folders/', delimiter: '/', translation: 'Gemeinsame Postfächer(x)/' }],
    });
    const utf8 = await answered('NAMESPACE', namespace({ utf8: true }), [
      '* NAMESPACE NIL (("~" "/" "TRANSLATION" ("R&D \u00c3\u00bc/"))) NIL',
    ]);
    expect(utf8.result.otherUsers).toEqual([{ prefix: '~', delimiter: '/', translation: 'R&D ü/' }]);
  });
});

describe('COMPARATOR (RFC 5255 §4.7)', () => {
  it('tells and changes it', async () => {
    const now = await answered('I18NLEVEL=2', comparator([], new ConnectionState()), [
      '* COMPARATOR i;unicode-casemap',
    ]);
    expect(now.sent).toBe('COMPARATOR');
    expect(now.result).toEqual({ active: 'i;unicode-casemap' });
    const { sent, result } = await answered('I18NLEVEL=2', comparator(['cz;*', 'i;basic'], new ConnectionState()), [
      '* COMPARATOR "i;basic" ("i;basic")',
    ]);
    expect(sent).toBe('COMPARATOR "cz;*" "i;basic"');
    expect(result).toEqual({ active: 'i;basic', matching: ['i;basic'] });
  });

  it('needs level 2', async () => {
    await expect(answered('I18NLEVEL=1', comparator([], new ConnectionState()), [])).rejects.toMatchObject({
      code: 'MISSING_CAPABILITY',
    });
  });
});

describe('GETJMAPACCESS (RFC 9698)', () => {
  it('gives a URL', async () => {
    const { sent, result } = await answered('JMAPACCESS', getJmapAccess(), ['* JMAPACCESS "https://example.com/jmap"']);
    expect(sent).toBe('GETJMAPACCESS');
    expect(result).toBe('https://example.com/jmap');
    await expect(answered('JMAPACCESS', getJmapAccess(), [])).rejects.toMatchObject({
      name: 'ImapError',
      code: 'UNREADABLE',
    });
    await expect(answered('', getJmapAccess(), [])).rejects.toMatchObject({ code: 'MISSING_CAPABILITY' });
  });
});

it('PROXYAUTH', async () => {
  expect((await answered('', proxyAuth('jo "x"', new ConnectionState()), [])).sent).toBe('PROXYAUTH "jo \\"x\\""');
});
