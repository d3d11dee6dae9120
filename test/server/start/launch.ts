/** What every server's start has in common: a directory, certificates, ports, and the wait until it answers. */
import { constants } from 'node:fs';
import { access, chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { Dialogue } from './dialogue.ts';
import {
  type Daemon,
  type DaemonOptions,
  pause,
  removeDirectory,
  run,
  startDaemon,
  temporaryDirectory,
} from './processes.ts';

const READY_PATIENCE_MS = 20_000;
const ATTEMPTS = 4;
/** Unix socket paths end at 107 bytes, and the longest one a server makes below its directory takes about 40. */
const LONGEST_DIR = 66;

/** Where one server lives. */
export interface Place {
  readonly dir: string;
  readonly account: Account;
  readonly certificates: Certificates;
  readonly port: number;
  readonly tlsPort: number;
  readonly strictHost: string;
  readonly strictPort: number;
}

export interface Plan {
  readonly account: Account;
  readonly strictHost: string;
  /** Writes everything below place.dir; called again when a port turns out to be taken. */
  configure(place: Place): Promise<void>;
  daemon(place: Place): Omit<DaemonOptions, 'dir'>;
}

export interface Launched {
  readonly place: Place;
  /** Of the plain listener. */
  readonly greeting: string;
  stop(): Promise<void>;
}

export const HOST = '127.0.0.1';

export async function launch({ account, strictHost, configure, daemon: describe }: Plan): Promise<Launched> {
  const dir = await makeDirectory(account);
  try {
    const certificates = await makeCertificates(join(dir, 'tls'));
    for (let attempt = 1; ; attempt++) {
      const [port = 0, tlsPort = 0, strictPort = 0] = await freePorts([HOST, HOST, strictHost]);
      const place = { dir, account, certificates, port, tlsPort, strictHost, strictPort };
      await configure(place);
      await own(dir, account);
      const daemon = startDaemon({ dir, ...describe(place) });
      try {
        const greeting = await ready(place, daemon);
        let stopping: Promise<void> | undefined;
        const stop = (): Promise<void> => {
          stopping ??= daemon.stop().then(() => removeDirectory(dir));
          return stopping;
        };
        return { place, greeting, stop };
      } catch (error) {
        await daemon.stop();
        if (!(error instanceof NotOurs) || attempt === ATTEMPTS) throw error;
      }
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failure = new Error(`${message}\n${await lastLines(dir)}`, { cause: error });
    await removeDirectory(dir);
    throw failure;
  }
}

/** Gives a path below a server's directory to the account that the server runs as. */
export async function own(path: string, account: Account): Promise<void> {
  if (account.switched) await run('chown', ['-R', `${account.uid}:${account.gid}`, path]);
}

/** Copies the messages of a Maildir into another, which is made when it is not there. */
export async function copyMaildir(source: string, target: string): Promise<void> {
  await makeMaildir(target);
  await run('cp', ['-Rp', `${source}/cur/.`, `${target}/cur`]);
}

export async function makeMaildir(path: string): Promise<void> {
  for (const part of ['cur', 'new', 'tmp']) await mkdir(join(path, part), { recursive: true });
}

export async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/** A new directory with a short path that `account` can reach. */
async function makeDirectory(account: Account): Promise<string> {
  for (const base of new Set([tmpdir(), '/tmp', '/var/tmp'])) {
    if (base.length > LONGEST_DIR - '/iw-XXXXXX'.length || (account.switched && !(await openToAll(base)))) continue;
    const dir = await temporaryDirectory(join(base, 'iw-'));
    await chmod(dir, 0o755);
    return dir;
  }
  throw new Error(`no temporary folder with a short path that ${account.name} can reach`);
}

async function openToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  return (mode & 0o001) !== 0 && (path === dirname(path) || (await openToAll(dirname(path))));
}

/** Ports that the system holds free, one on each address, all different for one address. */
async function freePorts(hosts: string[]): Promise<number[]> {
  const servers = await Promise.all(
    hosts.map(
      (host) =>
        new Promise<Server>((resolve, reject) => {
          const server = createServer().once('error', reject);
          server.listen(0, host, () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** The ports were free a moment ago, but somebody else got one before the server did. */
class NotOurs extends Error {}

/** Waits until all three listeners answer with a certificate of this server's own authority. Gives the plain greeting. */
async function ready(place: Place, daemon: Daemon): Promise<string> {
  const deadline = Date.now() + READY_PATIENCE_MS;
  const answered = async (host: string, port: number, tls: boolean): Promise<string> => {
    for (;;) {
      try {
        return await probe(host, port, place.certificates.ca, tls);
      } catch (error) {
        const ended = daemon.ended();
        if (ended !== undefined) throw new NotOurs(`the server ended at once: ${ended}`);
        if (!isNotYet(error)) throw new NotOurs(`port ${port} answers, but not as this server: ${error}`);
        if (Date.now() > deadline) throw new Error(`no answer at ${host} ${port} in ${READY_PATIENCE_MS} ms: ${error}`);
        await pause(15);
      }
    }
  };
  const [greeting] = await Promise.all([
    answered(HOST, place.port, false),
    answered(HOST, place.tlsPort, true),
    answered(place.strictHost, place.strictPort, false),
  ]);
  return greeting;
}

async function probe(host: string, port: number, ca: string, tls: boolean): Promise<string> {
  const dialogue = await Dialogue.open(host, port, tls ? ca : undefined);
  try {
    if (!tls) await dialogue.startTls(ca);
    return dialogue.greeting;
  } finally {
    dialogue.close();
  }
}

/** A refused or dropped connection is a server that is still coming up; a foreign certificate is another server. */
function isNotYet(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === undefined || code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EPIPE';
}

async function lastLines(dir: string): Promise<string> {
  const logs = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith('.log'));
  const tails = await Promise.all(
    logs.map(async (name) => `${name}: ${(await readFile(join(dir, name), 'utf8')).slice(-3000).trim()}`),
  );
  return tails.join('\n');
}
