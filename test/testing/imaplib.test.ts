import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { CERTIFICATE } from '../unit/testing/certificate.ts';

const run = promisify(execFile);

function hasPython(): boolean {
  try {
    execFileSync('python3', ['-c', 'import imaplib, ssl'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const available = hasPython();
if (!available) console.warn('imaplib against the testing server: skipped, for there is no python3 here');

test('python3 is there, at least in CI', () => {
  expect(available || process.env.CI !== 'true').toBe(true);
});

describe.runIf(available)('the testing server before imaplib', () => {
  let server: ImapServer;
  let folder: string;

  beforeAll(async () => {
    server = await createServer({ tls: CERTIFICATE });
    folder = await mkdtemp(join(tmpdir(), 'imaplib-'));
    await writeFile(join(folder, 'ca.pem'), CERTIFICATE.cert);
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  test('a whole dialogue', async () => {
    const script = join(import.meta.dirname, 'imaplib_dialogue.py');
    const { stdout } = await run('python3', [script, String(server.port), join(folder, 'ca.pem')]);
    expect(stdout).toBe('dialogue completed\n');
  }, 60_000);
});
