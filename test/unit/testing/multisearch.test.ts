import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import { fill, login, mail, start } from './servers.ts';

async function mailboxes() {
  const server = await start();
  const { store } = server;
  fill(server, 3);
  for (const name of ['A', 'A/B', 'A/B/C', 'Ab', 'Z']) {
    const mailbox = store.create(name);
    for (const subject of [name, 'm1']) mailbox.deliver(mail(subject));
  }
  store.mailbox('A').remove([1]);
  store.account().subscriptions.add('Z').add('gone');
  return server;
}

test.each([
  ['mailboxes (A Z none)', ['A 2', 'Z 2']],
  ['mailboxes A', ['A 2']],
  ['subtree A', ['A 2', 'A/B 2', 'A/B/C 2']],
  ['subtree-one A', ['A 2', 'A/B 2']],
  ['subscribed', ['Z 2']],
  ['inboxes', ['INBOX 1']],
  ['personal', ['INBOX 1', 'A 2', 'A/B 2', 'A/B/C 2', 'Ab 2', 'Z 2']],
  ['inboxes mailboxes INBOX', ['INBOX 1']],
])('ESEARCH IN (%s)', async (scope, found) => {
  const server = await mailboxes();
  const client = await login(server);
  const lines = (await client.ok(`ESEARCH IN (${scope}) SUBJECT m1`)).map((line) => {
    const [, name = '', validity, uids] =
      /^ESEARCH \(TAG "A2" MAILBOX (\S+) UIDVALIDITY (\d+)\) UID ALL (\S+)$/.exec(line) ?? [];
    expect(Number(validity), line).toBe(server.store.mailbox(name).uidValidity);
    return `${name} ${uids}`;
  });
  expect(lines).toEqual(found);
});

test('what is selected stays so, and is searched where nothing else is named', async () => {
  const server = await mailboxes();
  const client = await login(server);
  expect(await client.tagged('ESEARCH ALL')).toMatch(/^BAD/);
  expect(await client.tagged('ESEARCH IN (selected) ALL')).toMatch(/^BAD/);
  await client.ok('SELECT A');
  const { uidValidity } = server.store.mailbox('A');
  const one = [`ESEARCH (TAG "A5" MAILBOX A UIDVALIDITY ${uidValidity}) UID COUNT 1`];
  expect(await client.ok('ESEARCH RETURN (COUNT) ALL')).toEqual(one);
  expect(await client.ok('ESEARCH IN (selected) RETURN (COUNT) 1')).toEqual([one[0]?.replace('A5', 'A6')]);
  expect(await client.ok('ESEARCH IN (personal) SUBJECT nothing')).toEqual([]);
  expect(await client.ok('FETCH 1 UID')).toEqual(['1 FETCH (UID 2)']);
  for (const command of ['ESEARCH IN () ALL', 'ESEARCH IN (all) ALL', 'ESEARCH IN (inboxes) RETURN (SAVE) ALL'])
    expect(await client.tagged(command), command).toMatch(/^BAD/);
  const poor = await login(await start({ withoutCapabilities: ['MULTISEARCH'] }));
  expect(await poor.tagged('ESEARCH IN (inboxes) ALL')).toBe('BAD Unknown command');
});

test('INPROGRESS comes with every thousand messages', async () => {
  const server = await start({ capabilities: [...DEFAULT_CAPABILITIES, 'INPROGRESS'] });
  server.store.mailbox('INBOX').deliverAll(Array.from({ length: 2500 }, () => ({ raw: 'x: y\n\n' })));
  const client = await login(server, 'INBOX');
  expect(await client.ok('SEARCH RETURN (COUNT) ALL')).toEqual([
    'OK [INPROGRESS ("A3" 1000 2500)] Still at it',
    'OK [INPROGRESS ("A3" 2000 2500)] Still at it',
    'ESEARCH (TAG "A3") COUNT 2500',
  ]);
});
