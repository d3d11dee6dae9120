/** A program whose connections have ended ends by itself; and connecting by URL, with an authority that node was told of. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { scripted } from './scripted.ts';

const PROGRAM = fileURLToPath(new URL('programs/exits.ts', import.meta.url));
const TSX = createRequire(import.meta.url).resolve('tsx');
const PATIENCE_MS = 20_000;

let server: ImapServer;
let authority: string;
let folder: string;

beforeAll(async () => {
  server = await createServer({ tls: GOOD, users: { user: 'pass', 'joe@example.org': 'p:a/s?s#w%r&d é' } });
  folder = mkdtempSync(join(tmpdir(), 'iw-exit-'));
  authority = join(folder, 'ca.pem');
  writeFileSync(authority, AUTHORITY);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

/** Runs the program to its end, which it must reach by itself: what it printed last. */
function run(way: string, given: { urls?: string[]; options?: ConnectOptions }): Promise<unknown> {
  const env = {
    ...process.env,
    WAY: way,
    URLS: JSON.stringify(given.urls ?? []),
    OPTIONS: JSON.stringify(given.options ?? {}),
    NODE_EXTRA_CA_CERTS: authority,
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--import', TSX, PROGRAM], { env, timeout: PATIENCE_MS }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${way} did not end well (${error.signal ?? error.code}): ${stdout}${stderr}`));
      else resolve(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    });
  });
}

describe('a program ends by itself', { timeout: PATIENCE_MS * 2 }, () => {
  const plain = (): ConnectOptions => ({
    host: server.host,
    port: server.port,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
  });

  it.each<[string, unknown]>([
    ['work', { uids: expect.any(Array) }],
    ['watch', {}],
    ['close in the middle', { settled: ['rejected', 'rejected', 'rejected'] }],
    ['refused', { name: 'AuthenticationError' }],
    ['never used', { state: 'closed' }],
  ])('%s', async (way, result) => {
    expect(await run(way, { options: plain() })).toEqual(result);
  });

  it('after TLS', async () => {
    const options: ConnectOptions = { ...plain(), security: 'tls', port: server.tlsPort ?? 0 };
    expect(await run('work', { options })).toEqual({ uids: expect.any(Array) });
  });

  it('after a watch that polls', async () => {
    await using polled = await createServer({ withoutCapabilities: ['IDLE'], users: { user: 'pass' } });
    const options: ConnectOptions = { ...plain(), port: polled.port };
    expect(await run('watch that polls', { options })).toEqual({ code: 'CLOSED' });
  });

  it('after a deadline', async () => {
    await using silent = await scripted(() => {});
    expect(await run('timed out', { options: silent.options })).toEqual({ name: 'ConnectionError', code: 'TIMEOUT' });
  });
});

describe('a URL', { timeout: PATIENCE_MS * 2 }, () => {
  it('says host, port, security and credentials', async () => {
    const { port, tlsPort } = server;
    const user = encodeURIComponent('joe@example.org');
    const pass = encodeURIComponent('p:a/s?s#w%r&d é');
    const cases: [url: string, state: string][] = [
      [`imaps://user:pass@localhost:${tlsPort}/`, 'authenticated'],
      [`imaps://user:pass@127.0.0.1:${tlsPort}`, 'authenticated'],
      [`imap://user:pass@localhost:${port}/`, 'authenticated'], // which is STARTTLS
      [`imaps://${user}:${pass}@localhost:${tlsPort}/`, 'authenticated'],
      [`imap://${user}:${pass}@localhost:${port}/INBOX`, 'authenticated'],
      [`IMAPS://user:pass@LOCALHOST:${tlsPort}/`, 'authenticated'],
      [`imaps://localhost:${tlsPort}`, 'connected'],
    ];
    const found = await run('urls', { urls: cases.map(([url]) => url) });
    expect(found).toEqual(cases.map(([, state]) => [state, true]));
  });
});
