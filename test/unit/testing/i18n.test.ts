/** LANGUAGE, COMPARATOR (RFC 5255), PROXYAUTH and GETJMAPACCESS on the wire. */
import { expect, test } from 'vitest';
import { connect, login, mail, start } from './servers.ts';

test('LANGUAGE works before login, and ends with it', async () => {
  const server = await start();
  const client = connect(server);
  await client.response();
  expect(await client.ok('LANGUAGE')).toEqual(['LANGUAGE ("i-default" "en" "de")']);
  expect(await client.ok('LANGUAGE fr "DE-ch"')).toEqual(['LANGUAGE ("de")']);
  expect(await client.tagged('LOGIN user wrong')).toBe('NO [AUTHENTICATIONFAILED] Anmeldung fehlgeschlagen');
  expect(await client.tagged('LOGIN user pass')).toMatch(/^OK \[CAPABILITY .*\] Angemeldet$/);
  expect(await client.tagged('NOOP')).toBe('OK NOOP ausgefÃ¼hrt');
  expect(await client.tagged('SELECT nowhere')).toBe('NO Das Postfach gibt es nicht');
  expect(await client.tagged('LANGUAGE fr')).toBe('NO Diese Sprache gibt es hier nicht');
  expect(await client.ok('LANGUAGE default')).toEqual(['LANGUAGE ("i-default")']);
  expect(await client.tagged('NOOP')).toBe('OK NOOP completed');
  await client.ok('LANGUAGE de');
  await client.ok('UNAUTHENTICATE');
  expect(await client.tagged('NOOP')).toBe('OK NOOP completed');
});

test.each([
  ['"i;octet"', 'COMPARATOR "i;octet" ("i;octet")'],
  ['x;none "i;ascii-*"', 'COMPARATOR "i;ascii-casemap" ("i;ascii-casemap")'],
  ['"*-casemap"', 'COMPARATOR "i;unicode-casemap" ("i;unicode-casemap" "i;ascii-casemap")'],
  ['"i;*a*map" i;octet', 'COMPARATOR "i;unicode-casemap" ("i;unicode-casemap" "i;ascii-casemap" "i;octet")'],
  ['default', 'COMPARATOR "i;unicode-casemap" ("i;unicode-casemap")'],
  ['"i;octet*octet"', undefined],
  ['octet', undefined],
])('COMPARATOR %s', async (patterns, answer) => {
  const client = await login(await start());
  if (answer === undefined) expect(await client.tagged(`COMPARATOR ${patterns}`)).toMatch(/^NO \[BADCOMPARATOR\]/);
  else expect(await client.ok(`COMPARATOR ${patterns}`)).toEqual([answer]);
});

test.each([
  [
    'i;unicode-casemap',
    [
      ['ÉCOLE', '1 2'],
      ['ecole', '3'],
      ['cole', '1 2 3'],
    ],
  ],
  [
    'i;ascii-casemap',
    [
      ['École', '1'],
      ['éCOLE', '2'],
      ['ECOLE', '3'],
    ],
  ],
  [
    'i;octet',
    [
      ['École', '1'],
      ['éCOLE', ''],
      ['ECOLE', ''],
    ],
  ],
])('%s decides what contains what', async (comparator, searches) => {
  const server = await start();
  for (const subject of ['École', 'école', 'ecole']) {
    const word = `=?utf-8?b?${Buffer.from(subject).toString('base64')}?=`;
    server.store.deliver('INBOX', mail(word));
  }
  const client = await login(server, 'INBOX');
  await client.ok(`COMPARATOR "${comparator}"`);
  for (const [text = '', found = ''] of searches) {
    const bytes = Buffer.from(text);
    const answer = await client.ok(`SEARCH CHARSET UTF-8 SUBJECT {${bytes.length}+}\r\n${bytes.toString('latin1')}`);
    expect(answer, text).toEqual([`SEARCH ${found}`.trim()]);
  }
});

test('administrators act for others, and nobody else does', async () => {
  const users = { user: 'pass', root: 'pass' };
  const server = await start({ users, administrators: ['root'] });
  const client = await login(server);
  expect(await client.tagged('PROXYAUTH root')).toMatch(/^NO \[AUTHORIZATIONFAILED\]/);
  expect(await client.tagged('PROXYAUTH user')).toMatch(/^OK/);
  const admin = connect(server);
  await admin.response();
  await admin.ok('LOGIN root pass');
  await admin.ok('SELECT INBOX');
  server.store.deliver('INBOX', mail('x'));
  await admin.ok('PROXYAUTH "user"');
  expect(await admin.tagged('CHECK')).toMatch(/^BAD/);
  expect(await admin.ok('STATUS INBOX (MESSAGES)')).toEqual(['STATUS INBOX (MESSAGES 1)']);
  expect(await admin.tagged('PROXYAUTH nobody')).toMatch(/^NO/);
  const other = await login(await start());
  expect(await other.tagged('PROXYAUTH user')).toBe('BAD Unknown command');
});

test('the JMAP session is announced where there is one', async () => {
  const client = await login(await start({ jmap: 'https://example.org/jmap' }));
  expect((await client.ok('CAPABILITY'))[0]).toContain(' JMAPACCESS');
  expect(await client.ok('GETJMAPACCESS')).toEqual(['JMAPACCESS "https://example.org/jmap"']);
  const other = await login(await start());
  expect((await other.ok('CAPABILITY'))[0]).not.toContain('JMAPACCESS');
  expect(await other.tagged('GETJMAPACCESS')).toBe('BAD Unknown command');
  const without = await login(await start({ capabilities: ['IMAP4rev1', 'JMAPACCESS'] }));
  expect(await without.tagged('GETJMAPACCESS')).toMatch(/^NO/);
});
