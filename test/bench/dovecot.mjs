// A Dovecot of the benchmark's own, on loopback, in a temporary directory; nothing where it is not installed.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from './clients/raw.mjs';
import { appended } from './tasks.mjs';

/** @import { Job } from './tasks.mjs' */

const BINARY = ['/usr/sbin/dovecot', '/usr/local/sbin/dovecot', '/opt/homebrew/sbin/dovecot'].find((path) =>
  existsSync(path),
);

export const hasDovecot = BINARY !== undefined;

/** An ordinary account to run as when started by root, which Dovecot refuses to serve. */
function account() {
  const id = (/** @type {string[]} */ ...args) => execFileSync('id', args, { encoding: 'utf8' }).trim();
  const name = process.getuid?.() === 0 ? 'nobody' : id('-un');
  return { name, group: id('-gn', name), uid: Number(id('-u', name)), gid: Number(id('-g', name)) };
}

/** @param {string} dir @param {number} port @param {ReturnType<typeof account>} user */
const configuration = (dir, port, user) => `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = ${user.name}
default_internal_group = ${user.group}
default_login_user = ${user.name}
mail_location = mdbox:~/mail
mail_fsync = never
mail_max_userip_connections = 1000
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = static
  args = password=pass
}
userdb {
  driver = static
  args = uid=${user.uid} gid=${user.gid} home=${dir}/home/%u
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Bench {
    auto = create
  }
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
`;

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** @param {string} dir @param {number} port */
async function launch(dir, port) {
  const user = account();
  for (const name of ['run', 'state', 'home']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'dovecot.conf'), configuration(dir, port, user));
  const root = process.getuid?.() === 0;
  if (root)
    for (const name of ['.', 'run', 'state', 'home', 'dovecot.conf']) chownSync(join(dir, name), user.uid, user.gid);
  const child = spawn(String(BINARY), ['-F', '-c', join(dir, 'dovecot.conf')], {
    stdio: 'ignore',
    ...(root ? { uid: user.uid, gid: user.gid } : {}),
  });
  process.once('exit', () => {
    child.kill();
    rmSync(dir, { recursive: true, force: true });
  });
  return child;
}

/**
 * @param {{ count: number, size: number } | undefined} filled messages to put into INBOX first
 * A user for each run, so that every run finds an empty mailbox; one for all where they only read.
 */
export async function startDovecot(filled) {
  const dir = mkdtempSync(join(tmpdir(), 'bench-'));
  const port = await freePort();
  const child = await launch(dir, port);
  let runs = 0;
  const target = async () => ({ host: '127.0.0.1', port, user: filled ? 'reader' : `user${++runs}`, pass: 'pass' });
  await answering(port, child);
  if (filled) {
    const session = await connect(await target());
    await session.append(
      'INBOX',
      Array.from({ length: filled.count }, (_, i) => appended(i + 1, filled.size)),
    );
    session.close();
  }
  return {
    target,
    /** What is wrong after a run: every message must be there. @param {Job} job */
    async done(job) {
      if (filled) return undefined;
      const session = await connect(job.target);
      const found = await session.messages('Bench');
      session.close();
      return found === job.count ? undefined : `${found} messages in the mailbox`;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Waits until it takes a login. @param {number} port @param {import('node:child_process').ChildProcess} child */
async function answering(port, child) {
  for (let left = 100; left > 0 && child.exitCode === null; left--) {
    try {
      const session = await connect({ host: '127.0.0.1', port, user: 'probe', pass: 'pass' });
      return session.close();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('Dovecot did not start');
}
