import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHORITY, GOOD } from '../client/certificates.ts';
import { install, pack } from './pack.ts';
import { repository, run } from './run.ts';

const PATIENCE_MS = 180_000;
const programs = join(repository, 'test/package/projects');
const installed = (path: string) => join(repository, 'test/runtimes/node_modules', path);

/** The program that runs a file, and what stands in front of the file's name. */
const RUNTIMES: Record<string, [string, ...string[]]> = {
  'the Node that runs the tests': [process.execPath],
  'Node 24': [installed('node-24/bin/node')],
  'Node 26': [installed('node-26/bin/node')],
  Bun: [installed('bun/bin/bun'), 'run'],
  Deno: [installed('deno/deno'), 'run', '--allow-all', '--quiet'],
};

describe('the package', { timeout: PATIENCE_MS }, () => {
  let project: string;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'imapwire-runtimes-'));
    project = join(folder, 'project');
    await install(project, (await pack(folder)).tarball, { type: 'module' });
    await copyFile(join(programs, 'everywhere.mjs'), join(project, 'everywhere.js'));
  }, PATIENCE_MS);
  afterAll(() => rm(join(project, '..'), { recursive: true, force: true }));

  for (const [name, [program, ...args]] of Object.entries(RUNTIMES)) {
    const missing = !existsSync(program);
    if (missing && !process.env.CI)
      console.warn(`skipped, no ${name}: ${program} does not exist (npm ci --prefix test/runtimes installs it)`);
    it.skipIf(missing && !process.env.CI)(`works on ${name}`, async () => {
      const env = { CERTIFICATES: JSON.stringify({ ca: AUTHORITY, ...GOOD }) };
      expect(await run(program, [...args, 'everywhere.js'], { cwd: project, env })).toBe('11 right\n');
    });
  }
});
