/** Programs of their own: each in a process that ends with the test. */
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PATIENCE_MS = 120_000;

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a program to its end and resolves to what it printed; a program that fails rejects with all that it said. */
export async function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1', ...options.env };
  try {
    const { stdout } = await execute(program, args, { cwd: options.cwd, env, timeout: PATIENCE_MS });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }; // what execFile adds to its errors
    throw new Error(`${program} ${args.join(' ')} failed\n${stdout}${stderr}`);
  }
}

export const npm = (args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) =>
  run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);

/** A program of the development dependencies. */
export const tool = (path: string) => join(repository, 'node_modules', path);
