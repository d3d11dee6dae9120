/** The package as it would be published. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npm, repository } from './run.ts';

const SOURCES = ['src', 'package.json', 'tsconfig.json', 'tsup.config.ts', 'README.md', 'CHANGELOG.md', 'LICENSE'];

export interface PackedFile {
  path: string;
  size: number;
}

export interface Packed {
  tarball: string;
  /** What is in it. */
  files: PackedFile[];
}

/** Builds and packs a copy of the sources in `folder`: whatever else uses the repository's dist/ is not disturbed. */
export async function pack(folder: string): Promise<Packed> {
  const copy = join(folder, 'sources');
  await mkdir(copy, { recursive: true });
  for (const source of SOURCES) await cp(join(repository, source), join(copy, source), { recursive: true });
  await symlink(join(repository, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const report = await npm(['pack', '--json', '--pack-destination', folder, '--cache', join(folder, 'cache')], {
    cwd: copy,
  });
  // The build prints in front of npm's JSON.
  const [{ filename, files }] = JSON.parse(report.slice(report.search(/^\[$/m))) as [
    { filename: string; files: PackedFile[] },
  ]; // npm pack --json
  return { tarball: join(folder, filename), files };
}

/** An empty project with nothing but the package in it, installed without a network and without npm's cache. */
export async function install(folder: string, tarball: string, manifest: Record<string, unknown>): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'project', private: true, ...manifest }));
  const options = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')];
  await npm(['install', ...options, tarball], { cwd: folder });
  const lock = JSON.parse(await readFile(join(folder, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.keys(lock.packages);
}
