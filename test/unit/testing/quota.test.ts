import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import { login, start } from './servers.ts';

const literal = (text: string) => `{${text.length}+}\r\n${text}`;
const message = (size: number) => `a: b\r\n\r\n${'x'.repeat(size - 8)}`;

test('tells what is used and what may be', async () => {
  const server = await start();
  server.store.deliver('INBOX', message(1500), { flags: ['\\Deleted'] });
  server.store.deliver('INBOX', message(1000));
  server.store.account().quota = { STORAGE: 4, MESSAGE: 10, MAILBOX: 5 };
  const client = await login(server);
  const quota = 'QUOTA "User quota" (STORAGE 3 4 MESSAGE 2 10 MAILBOX 1 5)';
  expect(await client.ok('GETQUOTAROOT inbox')).toEqual(['QUOTAROOT inbox "User quota"', quota]);
  expect(await client.ok('GETQUOTA "User quota"')).toEqual([quota]);
  expect(await client.ok('STATUS INBOX (DELETED DELETED-STORAGE SIZE)')).toEqual([
    'STATUS INBOX (DELETED 1 DELETED-STORAGE 1500 SIZE 2500)',
  ]);
  expect(await client.tagged('GETQUOTA none')).toBe('NO No such quota root');
  expect(await client.tagged('GETQUOTAROOT none')).toMatch(/^NO \[NONEXISTENT\]/);
  expect(await client.tagged('SETQUOTA "User quota" (STORAGE 5)')).toMatch(/^NO \[NOPERM\]/);
});

test('what does not fit is refused, what moves is not more', async () => {
  const server = await start();
  const { store } = server;
  store.create('Other');
  store.deliver('INBOX', message(1500));
  store.account().quota = { STORAGE: 2, MESSAGE: 3, MAILBOX: 3 };
  const client = await login(server, 'INBOX');
  expect(await client.tagged('APPEND Other {1000}')).toBe('NO [OVERQUOTA] Quota exceeded');
  expect(await client.tagged(`APPEND Other ${literal(message(1000))}`)).toBe('NO [OVERQUOTA] Quota exceeded');
  const three = [100, 100, 100].map((size) => literal(message(size))).join(' ');
  expect(await client.tagged(`APPEND Other ${three}`)).toBe('NO [OVERQUOTA] Quota exceeded');
  expect(await client.tagged('COPY 1 Other')).toBe('NO [OVERQUOTA] Quota exceeded');
  expect(store.mailbox('Other').messages).toHaveLength(0);
  await client.ok(`APPEND Other ${literal(message(500))}`);
  expect(await client.tagged('MOVE 1 Other')).toMatch(/^OK/);
  await client.ok('CREATE Third');
  expect(await client.tagged('CREATE Fourth')).toBe('NO [OVERQUOTA] Quota exceeded');
  // Who is over it already keeps what there is.
  store.deliver('INBOX', message(9000));
  expect(await client.ok('GETQUOTA "User quota"')).toContain(
    'QUOTA "User quota" (STORAGE 11 2 MESSAGE 3 3 MAILBOX 3 3)',
  );
});

test('administrators set limits', async () => {
  const server = await start({ capabilities: [...DEFAULT_CAPABILITIES, 'QUOTASET'] });
  const client = await login(server);
  expect(await client.ok('SETQUOTA "User quota" (MESSAGE 5)')).toEqual(['QUOTA "User quota" (MESSAGE 0 5)']);
  expect(server.store.account().quota).toEqual({ MESSAGE: 5 });
  const largest = 'SETQUOTA "User quota" (STORAGE 9223372036854775807)';
  expect(await client.ok(largest)).toEqual(['QUOTA "User quota" (STORAGE 0 9007199254740991)']);
  expect(await client.ok('SETQUOTA "User quota" ()')).toEqual(['QUOTA "User quota" ()']);
  expect(await client.tagged('SETQUOTA "User quota" (SHOES 5)')).toMatch(/^NO/);
});

test('without QUOTA nothing counts', async () => {
  const server = await start({ withoutCapabilities: ['QUOTA'] });
  server.store.account().quota = { MESSAGE: 0 };
  const client = await login(server);
  expect(await client.tagged('GETQUOTAROOT INBOX')).toBe('BAD Unknown command');
  expect(await client.tagged(`APPEND INBOX ${literal('a: b\r\n\r\n')}`)).toMatch(/^OK/);
});
