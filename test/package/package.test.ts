import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createServer } from '../../src/testing/index.ts';
import { AUTHORITY, GOOD } from '../client/certificates.ts';
import { install, type Packed, pack } from './pack.ts';
import { repository, run, tool } from './run.ts';
import { isLeftOut, RUNTIMES } from './runtimes.ts';

const PATIENCE_MS = 180_000;
const projects = join(repository, 'test/package/projects');

/** What the main job prints, in each kind of project. */
const SEEN = {
  mailboxes: ['INBOX', 'Archive'],
  unseen: [1, 3],
  subjects: ['First', 'Grüße', 'Third'],
  flags: [
    [1, ['\\Flagged', '\\Recent']],
    [3, ['\\Flagged', '\\Recent']],
  ],
  expunged: 1,
  uids: '1',
  refused: 'CommandError',
  set: '1:3',
};

/** What a program prints that has a testing server of its own. */
const TESTED = 'Hello | 1 \\Flagged\n';

describe('the package', { timeout: PATIENCE_MS }, () => {
  let folder: string;
  let packed: Packed;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'imapwire-package-'));
    packed = await pack(folder);
  }, PATIENCE_MS);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** Each program has a server of its own, for it changes what it finds. */
  async function runIn(project: string, program: string): Promise<unknown> {
    await using server = await createServer({ users: { anna: 'secret' } });
    const { store } = server;
    store.create('Archive');
    store.deliver('INBOX', 'Subject: First\n\n1\n');
    store.deliver('INBOX', 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n2\n', { flags: ['\\Seen'] });
    store.deliver('INBOX', 'Subject: Third\n\n3\n');
    return JSON.parse(
      await run(process.execPath, [program], { cwd: project, env: { IMAP_PORT: String(server.port) } }),
    );
  }

  it('holds what a user needs and nothing else', () => {
    expect(packed.files.map(({ path }) => path).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/chunk.cjs',
      'dist/chunk.js',
      'dist/connected.cjs',
      'dist/connected.js',
      'dist/index.cjs',
      'dist/index.d.cts',
      'dist/index.d.ts',
      'dist/index.js',
      'dist/md5.cjs',
      'dist/md5.js',
      'dist/testing.cjs',
      'dist/testing.d.cts',
      'dist/testing.d.ts',
      'dist/testing.js',
      'package.json',
    ]);
  });

  it('keeps the testing server and the library apart', async () => {
    const project = join(folder, 'apart');
    await install(project, packed.tarball, {});
    const dist = join(project, 'node_modules/imapwire/dist');
    for (const kind of ['js', 'cjs']) {
      const texts = await Promise.all(
        ['index', 'chunk', 'connected', 'testing'].map((name) => readFile(join(dist, `${name}.${kind}`), 'utf8')),
      );
      const holding = (pattern: RegExp) => texts.map((text) => pattern.test(text));
      expect(holding(/\bCommandError\s*=\s*class/)).toEqual([false, true, false, false]);
      expect(holding(/\brequireTls\b/)).toEqual([false, false, false, true]);
      const loaded = texts.map((text) =>
        [...text.matchAll(/(?:^(?:import|export) [^'";]* from |^var \w+ = require\()['"]([\w.:/-]+)['"]/gm)].map(
          ([, name]) => name,
        ),
      );
      expect(loaded.map((names) => [...new Set(names)].sort())).toEqual([
        [`./chunk.${kind}`],
        [],
        [`./chunk.${kind}`],
        ['net', 'tls'],
      ]);
    }
  });

  it('loads what a connection needs when one is opened, what CRAM-MD5 needs with that, and no sooner', async () => {
    const project = join(folder, 'later');
    await install(project, packed.tarball, {});
    await copyFile(join(projects, 'loaded.cjs'), join(project, 'loaded.cjs'));
    const [before, connected, withCramMd5] = JSON.parse(await run(process.execPath, ['loaded.cjs'], { cwd: project }));
    expect(before).toEqual(['chunk.cjs', 'index.cjs', 'testing.cjs']);
    expect(connected).toEqual(['chunk.cjs', 'connected.cjs', 'index.cjs', 'testing.cjs']);
    expect(withCramMd5).toEqual(['chunk.cjs', 'connected.cjs', 'index.cjs', 'md5.cjs', 'testing.cjs']);
  });

  it('has no import() in CommonJS, which programs that run in a context of their own lack, as in Jest', async () => {
    const project = join(folder, 'contexts');
    await install(project, packed.tarball, {});
    for (const name of ['index', 'chunk', 'connected', 'md5', 'testing']) {
      const text = await readFile(join(project, `node_modules/imapwire/dist/${name}.cjs`), 'utf8');
      expect(text).not.toMatch(/\bimport\(/);
    }
  });

  it('is small to import', async () => {
    const project = join(folder, 'small');
    await install(project, packed.tarball, {});
    const files = ['index.js', 'chunk.js'].map((name) => readFile(join(project, 'node_modules/imapwire/dist', name)));
    const sizes = (await Promise.all(files)).map((bytes) => gzipSync(bytes, { level: 9 }).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(28_500);
  });

  it.each(['js', 'cjs'])('prints little of itself with an error that nobody catches (%s)', async (kind) => {
    const project = join(folder, `uncaught-${kind}`);
    await install(project, packed.tarball, { type: kind === 'js' ? 'module' : 'commonjs' });
    const load = kind === 'js' ? "import * as imapwire from 'imapwire';" : "const imapwire = require('imapwire');";
    await writeFile(join(project, 'main.js'), `${load}\nimapwire.parseUidSet('x');`);
    const said = await run(process.execPath, ['main.js'], { cwd: project }).catch((error: Error) => error.message);
    expect(said).toContain('UsageError');
    expect(said.length).toBeLessThan(3000);
  });

  it('declares as values what it exports, and nothing else: an import that is not there ends the program', async () => {
    const project = join(folder, 'declared');
    await install(project, packed.tarball, { type: 'module' });
    for (const [entry, file] of [
      ['imapwire', 'index'],
      ['imapwire/testing', 'testing'],
    ]) {
      const exported = JSON.parse(
        await run(
          process.execPath,
          ['--input-type=module', '-e', `console.log(JSON.stringify(Object.keys(await import('${entry}'))))`],
          { cwd: project },
        ),
      );
      for (const kind of ['d.ts', 'd.cts']) {
        const text = await readFile(join(project, `node_modules/imapwire/dist/${file}.${kind}`), 'utf8');
        const declared = text.match(/^export \{ (.*) \};$/m)?.[1]?.split(', ') ?? [];
        expect(declared.filter((name) => !name.startsWith('type ')).sort()).toEqual([...exported].sort());
      }
    }
  });

  it('has no dependencies and no scripts that run on installation', async () => {
    const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
    for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies', 'bundleDependencies']) {
      expect(manifest).not.toHaveProperty(kind);
    }
    for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
      expect(manifest.scripts).not.toHaveProperty(script);
    }
  });

  it('passes publint', async () => {
    const bytes = await readFile(packed.tarball);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer; // never shared memory
    const { messages } = await publint({ pack: { tarball }, strict: true });
    expect(messages).toEqual([]);
  });

  it('gives each way of resolving modules the types that belong to it', async () => {
    const { problems } = (await checkPackage(
      createPackageFromTarballData(new Uint8Array(await readFile(packed.tarball))),
    )) as { problems: unknown[] }; // it has types, so there are problems or none
    expect(problems).toEqual([]);
  });

  it('works in a project of ES modules', async () => {
    const project = join(folder, 'esm');
    expect(await install(project, packed.tarball, { type: 'module' })).toEqual(['node_modules/imapwire']);
    await copyFile(join(projects, 'main.mjs'), join(project, 'main.js'));
    expect(await runIn(project, 'main.js')).toEqual(SEEN);
    await copyFile(join(projects, 'testing.mjs'), join(project, 'testing.js'));
    expect(await run(process.execPath, ['testing.js'], { cwd: project })).toBe(TESTED);
  });

  describe('works on', () => {
    let project: string;
    beforeAll(async () => {
      project = join(folder, 'everywhere');
      await install(project, packed.tarball, { type: 'module' });
      await copyFile(join(projects, 'everywhere.mjs'), join(project, 'everywhere.js'));
    }, PATIENCE_MS);

    for (const [name, [program, ...args]] of Object.entries(RUNTIMES)) {
      it.skipIf(isLeftOut(name, program))(name, async () => {
        const env = { CERTIFICATES: JSON.stringify({ ca: AUTHORITY, ...GOOD }) };
        expect(await run(program, [...args, 'everywhere.js'], { cwd: project, env })).toBe('11 right\n');
      });
    }
  });

  it('works in a project of CommonJS modules', async () => {
    const project = join(folder, 'cjs');
    expect(await install(project, packed.tarball, {})).toEqual(['node_modules/imapwire']);
    await copyFile(join(projects, 'main.cjs'), join(project, 'main.js'));
    expect(await runIn(project, 'main.js')).toEqual(SEEN);
    await copyFile(join(projects, 'testing.cjs'), join(project, 'testing.js'));
    expect(await run(process.execPath, ['testing.js'], { cwd: project })).toBe(TESTED);
  });

  it('works in a TypeScript project', async () => {
    const project = join(folder, 'typescript');
    expect(await install(project, packed.tarball, { type: 'module' })).toEqual(['node_modules/imapwire']);
    await mkdir(join(project, 'node_modules/@types'));
    await symlink(tool('@types/node'), join(project, 'node_modules/@types/node'), 'junction');
    for (const file of ['main.mts', 'testing.mts', 'types.cts', 'tsconfig.json'])
      await copyFile(join(projects, file), join(project, file));
    expect(await run(process.execPath, [tool('typescript/bin/tsc')], { cwd: project })).toBe('');
    expect(await runIn(project, 'out/main.mjs')).toEqual(SEEN);
    expect(await run(process.execPath, ['out/testing.mjs'], { cwd: project })).toBe(TESTED);
  });
});
