/** What the package runs on. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './run.ts';

const installed = (path: string) => join(repository, 'test/runtimes/node_modules', path);

/** The program that runs a file, and what stands in front of the file's name. */
export const RUNTIMES: Record<string, [string, ...string[]]> = {
  'the Node that runs the tests': [process.execPath],
  'Node 24': [installed('node-24/bin/node')],
  'Node 26': [installed('node-26/bin/node')],
  Bun: [installed('bun/bin/bun'), 'run'],
  Deno: [installed('deno/deno'), 'run', '--allow-all', '--quiet'],
};

/** Whether a runtime is left out, which a line then tells: under CI none is. */
export function isLeftOut(name: string, program: string): boolean {
  if (process.env.CI || existsSync(program)) return false;
  console.warn(`skipped, no ${name}: ${program} does not exist (npm ci --prefix test/runtimes installs it)`);
  return true;
}
