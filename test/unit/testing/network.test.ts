import { expect, test, vi } from 'vitest';
import { CERTIFICATE } from './certificate.ts';
import { RawClient } from './raw-client.ts';
import { connect, fill, login, start } from './servers.ts';

test('STARTTLS upgrades, and capabilities change with it', async () => {
  const server = await start({ tls: CERTIFICATE, requireTls: true });
  const client = connect(server);
  expect(await client.response()).toMatch(/STARTTLS LOGINDISABLED/);
  expect(await client.tagged('LOGIN user pass')).toMatch(/^NO \[PRIVACYREQUIRED\]/);
  expect(await client.tagged('AUTHENTICATE PLAIN AHVzZXIAcGFzcw==')).toMatch(/^NO \[PRIVACYREQUIRED\]/);
  await client.ok('STARTTLS');
  await client.secure();
  const [capabilities] = await client.ok('CAPABILITY');
  expect(capabilities).toContain('AUTH=PLAIN');
  expect(capabilities).not.toMatch(/STARTTLS|LOGINDISABLED/);
  await client.ok('LOGIN user pass');
  expect(await client.tagged('STARTTLS')).toMatch(/^BAD/);
});

test('what was sent in plain text behind STARTTLS is not a command', async () => {
  const server = await start({ tls: CERTIFICATE });
  const client = connect(server);
  await client.response();
  client.send('x STARTTLS\r\ny CREATE injected\r\nz LOGIN user pass\r\n');
  expect(await client.until('x')).toEqual(['OK Begin TLS negotiation now']);
  await client.secure();
  expect(await client.tagged('SELECT INBOX')).toMatch(/^BAD/);
  expect(client.unread).toEqual([]);
});

test('there is a listener with TLS from the first byte', async () => {
  const server = await start({ tls: CERTIFICATE });
  const client = RawClient.connect(server.tlsPort ?? 0, { tls: true });
  expect(await client.response()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 (?!.*STARTTLS)/);
  await client.ok('LOGIN user pass');
  client.close();
  const plain = RawClient.connect(server.tlsPort ?? 0);
  plain.send('a NOOP\r\n');
  expect(await plain.response()).not.toMatch(/^\* OK/);
  plain.close();
});

test('without a certificate there is no TLS', async () => {
  const server = await start();
  expect(server.tlsPort).toBeUndefined();
  const client = connect(server);
  expect(await client.response()).not.toContain('STARTTLS');
});

test('latency delays every byte, keeps the order and allows much under way', async () => {
  const server = await start({ latency: 60 });
  fill(server, 3);
  const client = await login(server, 'INBOX');
  const begin = performance.now();
  await client.ok('NOOP');
  const once = performance.now() - begin;
  expect(once).toBeGreaterThanOrEqual(59);
  const tags = Array.from({ length: 50 }, (_, index) => `t${index}`);
  const before = performance.now();
  client.send(tags.map((tag) => `${tag} FETCH 1:3 UID\r\n`).join(''));
  for (const tag of tags) expect(await client.until(tag)).toHaveLength(4);
  expect(performance.now() - before).toBeLessThan(50 * 60);
  const raw = 'x'.repeat(3_000_000);
  expect(await client.tagged(`APPEND INBOX {${raw.length}+}\r\n${raw}`)).toMatch(/^OK/);
  const [response = ''] = await client.ok('FETCH 4 BODY.PEEK[]');
  expect(response.length).toBeGreaterThan(3_000_000);
  await client.command('LOGOUT');
  expect(await client.response()).toBe('closed');
});

test('latency with TLS, and dropped connections', async () => {
  const server = await start({ latency: 10, tls: CERTIFICATE });
  const client = RawClient.connect(server.tlsPort ?? 0, { tls: true });
  expect(await client.response()).toMatch(/^\* OK/);
  expect(server.connections).toBe(1);
  server.dropConnections();
  expect(await client.response()).toBe('closed');
});

test('a test that fakes timers, and moves its time on, is answered all the same', async () => {
  const server = await start();
  fill(server, 3);
  const client = await login(server, 'INBOX');
  vi.useFakeTimers();
  try {
    vi.advanceTimersByTime(60_000);
    expect(await client.tagged('NOOP')).toMatch(/^OK/);
    vi.advanceTimersByTime(60_000);
    expect(await client.tagged('FETCH 1:3 UID')).toMatch(/^OK/);
  } finally {
    vi.useRealTimers();
  }
});
