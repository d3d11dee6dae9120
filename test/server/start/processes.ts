/** Child processes of the set-up: short commands, and servers that end with the process that started them. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type Account, switchTo } from './account.ts';

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const GRACE_MS = 5_000;

export interface RunOptions {
  readonly account?: Account;
  readonly env?: Record<string, string>;
  readonly input?: string;
}

/** Runs a command to its end and gives its stdout; rejects with what it wrote to stderr. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { account, env, input } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        cwd: '/',
        env: { ...process.env, PATH: SYSTEM_PATH, ...env },
        ...(account?.switched ? { uid: account.uid, gid: account.gid } : {}),
      },
      (error, stdout, stderr) => {
        if (error) reject(new Error(`${command} failed: ${stderr.trim() || error.message}`));
        else resolve(stdout);
      },
    );
    child.stdin?.on('error', () => {}); // a command that does not read it; whether that is an error, its exit code says
    child.stdin?.end(input);
  });
}

/** A server in the foreground, leader of a session of its own. */
export interface Daemon {
  /** How the leader ended, by itself or by a signal; undefined while it lives. */
  ended(): string | undefined;
  /** Ends the leader and whatever it left in its session. */
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
const directories = new Set<string>();

// A test run that ends without its afterAll (process.exit, an uncaught error) leaves nothing behind either.
process.on('exit', () => {
  for (const child of running) child.kill('SIGTERM');
  for (const dir of directories) rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
});

/** Makes a directory that goes away with this process at the latest. */
export async function temporaryDirectory(prefix: string): Promise<string> {
  const dir = await mkdtemp(prefix);
  directories.add(dir);
  return dir;
}

export async function removeDirectory(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  directories.delete(dir);
}

export interface DaemonOptions {
  /** Its output goes to stdout.log in here. */
  readonly dir: string;
  readonly command: string[];
  readonly account?: Account;
  readonly env?: Record<string, string>;
  /** How long it may take to end by itself before it is killed; default 5000. */
  readonly graceMs?: number;
}

/** Starts a daemon. The kernel sends it TERM if this process dies first (setpriv's --pdeathsig). */
export function startDaemon({ dir, command, account, env = {}, graceMs = GRACE_MS }: DaemonOptions): Daemon {
  const log = openSync(`${dir}/stdout.log`, 'w');
  const child = spawn('setpriv', ['--pdeathsig', 'TERM', ...(account ? switchTo(account) : []), '--', ...command], {
    cwd: '/',
    detached: true,
    env: { PATH: SYSTEM_PATH, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  running.add(child);
  let end: string | undefined;
  const gone = new Promise<void>((resolve) => {
    const settle = (how: string) => {
      end ??= how;
      running.delete(child);
      resolve();
    };
    child.once('error', (error) => settle(error.message));
    child.once('exit', (code, signal) => settle(signal ?? `exit code ${code}`));
  });
  child.unref();

  const stop = async (): Promise<void> => {
    const deadline = Date.now() + graceMs;
    child.ref();
    child.kill('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([gone, tooLong]);
    clearTimeout(timer);
    await endSession(child.pid ?? 0, deadline);
    await gone;
  };
  return { ended: () => end, stop };
}

/** Tells what is left of a session to end, kills it after `deadline`, and waits until it is gone. */
async function endSession(session: number, deadline: number): Promise<void> {
  const told = new Set<number>();
  for (let left = sessionMembers(session); left.length > 0; left = sessionMembers(session)) {
    for (const member of left) {
      if (Date.now() >= deadline) signal(member, 'SIGKILL');
      else if (!told.has(member)) signal(member, 'SIGTERM');
      told.add(member);
    }
    await pause(10);
  }
}

/** The live processes of a session (proc(5): state, ppid, pgrp and session follow the command name). */
export function sessionMembers(session: number): number[] {
  const members: number[] = [];
  if (session === 0) return members;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const stat = statOf(entry);
    const [state, , , sid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(sid) === session && state !== 'Z') members.push(Number(entry));
  }
  return members;
}

function statOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return ''; // ended since it was listed
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // ended since it was listed
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
