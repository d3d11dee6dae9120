import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import { login, start } from './servers.ts';

async function account() {
  const server = await start({ capabilities: [...DEFAULT_CAPABILITIES, 'X-GM-EXT-1'] });
  const { store } = server;
  store.create('[Gmail]/All Mail', { specialUse: '\\All' });
  store.create('[Gmail]/Sent Mail', { specialUse: '\\Sent' });
  store.create('Grüße & so');
  store.deliver('INBOX', 'Message-ID: <a@x>\nSubject: lunch today\n\nAt noon, as ever\n', { flags: ['\\Flagged'] });
  store.deliver('INBOX', 'In-Reply-To: <a@x>\nSubject: Re: lunch today\n\nLater\n');
  return server;
}

test('labels are mailboxes that hold the message', async () => {
  const server = await account();
  const client = await login(server, 'INBOX');
  for (const name of ['"[Gmail]/All Mail"', '"[Gmail]/Sent Mail"', '"Gr&APwA3w-e &- so"'])
    await client.ok(`COPY 1 ${name}`);
  expect(await client.ok('FETCH 1:2 X-GM-LABELS')).toEqual([
    '1 FETCH (X-GM-LABELS ("\\\\Starred" "\\\\Sent" "Gr&APwA3w-e &- so"))',
    '2 FETCH (X-GM-LABELS ())',
  ]);
  expect(await client.ok('UID STORE 2 +X-GM-LABELS (\\Sent new \\starred)')).toEqual([
    '2 FETCH (UID 2 X-GM-LABELS ("\\\\Starred" "\\\\Sent" new))',
    '2 FETCH (UID 2 FLAGS (\\Flagged \\Recent))',
  ]);
  expect(server.store.mailbox('new').messages).toHaveLength(1);
  expect(await client.ok('SEARCH X-GM-LABELS new')).toEqual(['SEARCH 2']);
  expect(await client.ok('SEARCH X-GM-LABELS "\\\\Inbox" X-GM-LABELS \\Sent')).toEqual(['SEARCH 1 2']);
  await client.ok('STORE 1 -X-GM-LABELS.SILENT (\\Sent \\Starred)');
  expect(await client.ok('STORE 1 X-GM-LABELS (new)')).toEqual(['1 FETCH (X-GM-LABELS (new))']);
  expect(server.store.mailbox('Grüße & so').messages).toHaveLength(0);
  expect([...(server.store.mailbox('INBOX').message(1)?.flags ?? [])]).toEqual([]);
});

test('message and thread IDs, and a search for words', async () => {
  const server = await account();
  const client = await login(server, 'INBOX');
  expect(await client.ok('FETCH 1:2 (X-GM-MSGID X-GM-THRID)')).toEqual([
    '1 FETCH (X-GM-MSGID 1 X-GM-THRID 1)',
    '2 FETCH (X-GM-MSGID 2 X-GM-THRID 1)',
  ]);
  expect(await client.ok('SEARCH X-GM-MSGID 2')).toEqual(['SEARCH 2']);
  expect(await client.ok('SEARCH X-GM-THRID 1')).toEqual(['SEARCH 1 2']);
  expect(await client.ok('SEARCH X-GM-RAW "noon lunch"')).toEqual(['SEARCH 1']);
  expect(await client.ok('SEARCH X-GM-RAW "\\"lunch today\\" later"')).toEqual(['SEARCH 2']);
});

test('is Gmail’s alone', async () => {
  const server = await start();
  server.store.deliver('INBOX', 'x: y\n\n');
  const client = await login(server, 'INBOX');
  for (const command of ['FETCH 1 X-GM-LABELS', 'STORE 1 +X-GM-LABELS (a)', 'SEARCH X-GM-RAW a', 'SEARCH X-GM-MSGID 1'])
    expect(await client.tagged(command), command).toMatch(/^BAD/);
});
