import { describe, expect, it } from 'vitest';
import { genUrlAuth } from '../../../src/commands/genurlauth.ts';
import { resetKey } from '../../../src/commands/resetkey.ts';
import { urlFetch } from '../../../src/commands/urlfetch.ts';
import { UsageError } from '../../../src/index.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

const RUMP = 'imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred';
const URL = `${RUMP}:internal:91354a473744909de610943775f92038`;
const BINARY = 'URLAUTH URLAUTH=BINARY';

describe('GENURLAUTH (RFC 4467 §7)', () => {
  it('asks and reads', async () => {
    const { sent, result } = await answered('URLAUTH', genUrlAuth(RUMP, 'INTERNAL'), [`* GENURLAUTH "${URL}"`]);
    expect(sent).toBe(`GENURLAUTH "${RUMP}" INTERNAL`);
    expect(result).toBe(URL);
    expect((await answered('URLAUTH', genUrlAuth(RUMP, 'INTERNAL'), [`* GENURLAUTH ${URL}`])).result).toBe(URL);
  });

  it('is no success without a URL', async () => {
    await expect(answered('URLAUTH', genUrlAuth(RUMP, 'INTERNAL'), [])).rejects.toMatchObject({ code: 'UNREADABLE' });
  });

  it.each(['', 'A B', 'é'])('refuses the mechanism %j', async (mechanism) => {
    const running = Dialogue.ready('URLAUTH').run(genUrlAuth(RUMP, mechanism));
    await expect(running.promise).rejects.toBeInstanceOf(UsageError);
  });
});

describe('URLFETCH', () => {
  it('gives bytes, or nothing (RFC 4467 §7)', async () => {
    const { sent, result } = await answered('URLAUTH', urlFetch(URL), [`* URLFETCH "${URL}" {5}\r\nSi vi`]);
    expect(sent).toBe(`URLFETCH "${URL}"`);
    expect(result).toEqual({ content: Buffer.from('Si vi') });
    expect((await answered('URLAUTH', urlFetch(URL), [`* URLFETCH ${URL} NIL`])).result).toBeUndefined();
    expect((await answered('URLAUTH', urlFetch(URL), [`* URLFETCH ${URL} ""`])).result?.content).toHaveLength(0);
    expect((await answered('URLAUTH', urlFetch(URL), [])).result).toBeUndefined();
  });

  it('decodes and tells the structure (RFC 5524 §3)', async () => {
    const structure = '("TEXT" "PLAIN" NIL NIL NIL "7BIT" 2 1)';
    const both = { decode: true, structure: true };
    const { sent, result } = await answered(BINARY, urlFetch(URL, both), [
      `* URLFETCH "${URL}" (BODYPARTSTRUCTURE ${structure}) (BINARY ~{2}\r\n\0\xff)`,
    ]);
    expect(sent).toBe(`URLFETCH ("${URL}" BODYPARTSTRUCTURE BINARY)`);
    expect(result?.content).toEqual(Buffer.from([0, 255]));
    expect(result?.structure).toMatchObject({ type: 'text/plain', size: 2 });
    const plain = await answered(BINARY, urlFetch(URL, { structure: true }), [
      // Dovecot
      `* URLFETCH ${URL} (BODYPARTSTRUCTURE ${structure} BODY {2}\r\nhi)`,
    ]);
    expect(plain.sent).toBe(`URLFETCH ("${URL}" BODYPARTSTRUCTURE BODY)`);
    expect(plain.result?.content.toString()).toBe('hi');
    expect((await answered(BINARY, urlFetch(URL, both), [`* URLFETCH ${URL} NIL`])).result).toBeUndefined();
  });

  it('needs its capability', async () => {
    const error = await Dialogue.ready('URLAUTH')
      .run(urlFetch(URL, { decode: true }))
      .promise.catch((reason) => reason);
    expect(error.message).toContain('URLAUTH=BINARY');
  });
});

describe('RESETKEY (RFC 4467 §7)', () => {
  it('reads which mechanisms there are', async () => {
    const ok = 'OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done';
    const one = await answered('URLAUTH', resetKey('Ä', ['INTERNAL']), [], ok);
    expect(one.sent).toBe('RESETKEY "&AMQ-" INTERNAL');
    expect(one.result).toEqual(['INTERNAL', 'XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==']);
    const all = await answered('URLAUTH', resetKey(undefined, []), ['* OK [URLMECH INTERNAL] there']);
    expect(all.sent).toBe('RESETKEY');
    expect(all.result).toEqual(['INTERNAL']);
    expect((await answered('URLAUTH', resetKey('A', []), [])).result).toEqual([]);
  });

  it('names no mechanism without a mailbox', async () => {
    const running = Dialogue.ready('URLAUTH').run(resetKey(undefined, ['INTERNAL']));
    await expect(running.promise).rejects.toBeInstanceOf(UsageError);
  });
});
