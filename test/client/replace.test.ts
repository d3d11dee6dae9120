/** REPLACE and APPENDLIMIT, which not every server here offers: what is sent, and how the answers are read. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { connect, UsageError } from '../../src/index.ts';
import { scripted } from './scripted.ts';

describe('replace', () => {
  it('sends REPLACE (RFC 8508), and reads its APPENDUID', async () => {
    let sent = '';
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS REPLACE LITERAL+] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      const { tag, text } = await peer.command();
      sent = text;
      for (let line = await peer.line(); line !== ''; line = await peer.line());
      await peer.line();
      peer.send('* OK [APPENDUID 7 11] stored', '* 10 EXISTS', '* 4 EXPUNGE', `${tag} OK done`);
      await peer.gone();
    });
    const client = await connect(server.options);
    const mailbox = await client.open('Drafts');
    const result = await mailbox.replace(4, { content: 'Subject: a\r\n\r\n', flags: ['\\Draft'] });
    expect(sent).toBe('UID REPLACE 4 "Drafts" (\\Draft) {14+}');
    expect(result).toEqual({ uid: 11, uidValidity: 7 });
    expect(mailbox.exists).toBe(9);
    client.close();
  });
});

describe('replace without REPLACE', () => {
  it.each<[string, number, object, string?]>([
    ['is gone', 4, { code: 'NO_SUCH_MESSAGE' }],
    ['is gone, another being found', 4, { code: 'NO_SUCH_MESSAGE' }, '* SEARCH 99'],
    ['no UID names', '1:2' as unknown as number, { code: 'USAGE', message: expect.stringContaining('REPLACE') }], // a caller without types
  ])('stores nothing for a message that %s', async (_, uid, reason, found = '* SEARCH') => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 UIDPLUS LITERAL+] hello');
      await peer.expect('SELECT', '* 9 EXISTS', '* OK [UIDVALIDITY 7]');
      while (!peer.closed) {
        const { tag, text } = await peer.command();
        if (text === 'LOGOUT') peer.send('* BYE');
        if (text.startsWith('UID SEARCH')) peer.send(found);
        peer.send(`${tag} OK done`);
      }
    });
    await using client = await connect(server.options);
    const mailbox = await client.open('Drafts');
    const stream = Readable.from(['Subject: a\r\n\r\n']);
    await expect(mailbox.replace(uid, { content: { stream, size: 14 } })).rejects.toMatchObject(reason);
    expect(stream.destroyed).toBe(true);
    await client.noop();
    expect(server.peers[0]?.received.filter((line) => /APPEND|STORE|EXPUNGE/.test(line))).toEqual([]);
  });
});

describe('append', () => {
  it('sends nothing that is larger than APPENDLIMIT (RFC 7889)', async () => {
    await using server = await scripted(async (peer) => {
      peer.send('* PREAUTH [CAPABILITY IMAP4rev1 APPENDLIMIT=20] hello');
      await peer.gone();
    });
    const client = await connect(server.options);
    for (const content of ['x'.repeat(21), 'ü'.repeat(11), Buffer.alloc(21, 'x')]) {
      const failure = await client.append('INBOX', { content }).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(UsageError);
      expect(failure).toMatchObject({ code: 'TOOBIG' });
    }
    expect(client.bytes.sent).toBe(0);
    client.close();
  });
});
