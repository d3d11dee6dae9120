/**
 * Courier-IMAP 5. Its paths (/etc/courier, /run/courier) are compiled in, so the daemons run in a mount namespace of their
 * own, where two folders of ours lie over those: as root by unshare -m, as anybody else in a user namespace as well.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { appendFile, chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountExists, accountFor, namedAccount, switchTo } from './account.ts';
import { copyMaildir, exists, HOST, launch, own, type Place } from './launch.ts';
import { unpackedRoot } from './packages.ts';
import { run } from './processes.ts';
import { type Login, loginOf, PASSWORD, type RealServer, userNames } from './real-server.ts';

export interface CourierOptions {
  /** IDLE by file alteration monitor (0.1 s) instead of a look every second. */
  readonly enhancedIdle?: boolean;
  /** More environment of imapd. */
  readonly extra?: Record<string, string>;
}

export interface CourierServer extends RealServer {
  readonly name: 'courier';
  readonly specialUsers: {
    /** 64 KiB, 5 messages. */
    readonly small: Login;
  };
}

const MAILDIRMAKE = '/usr/bin/maildirmake.courier';
const AUTHDAEMON = '/usr/lib/courier/courier-authlib/authdaemond';
const NEEDED = [
  '/usr/bin/couriertls',
  '/usr/sbin/couriertcpd',
  MAILDIRMAKE,
  AUTHDAEMON,
  '/usr/sbin/makeuserdb',
  '/etc/courier',
];
const CAPABILITY =
  'IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE AUTH=CRAM-MD5 AUTH=CRAM-SHA1 AUTH=CRAM-SHA256 AUTH=PLAIN AUTH=LOGIN';

export function courierMissing(): string | undefined {
  for (const path of NEEDED) if (!existsSync(path)) return `there is no ${path}`;
  if (!existsSync(`${packageRoot()}/usr/bin/imapd`)) return 'courier-imap is neither unpacked nor installed';
  if (!accountExists('courier')) return 'there is no account courier';
  const [command = '', ...args] = unshare();
  try {
    execFileSync(command, [...args, 'true'], { stdio: 'ignore' });
  } catch {
    return `this machine refuses ${command} ${args.join(' ')}`;
  }
  return undefined;
}

function packageRoot(): string {
  return unpackedRoot('courier-imap', '/usr/bin/imapd');
}

function unshare(): string[] {
  return process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-Urm'];
}

function version(): string {
  const root = packageRoot();
  const text = root
    ? readFileSync(`${root}/version`, 'utf8')
    : execFileSync('dpkg-query', ['-W', 'courier-imap'], { encoding: 'utf8' }).replace(/.*\t/, '');
  return text.trim();
}

export async function startCourier(options: CourierOptions = {}): Promise<CourierServer> {
  const { place, stop } = await launch({
    account: accountFor('courier'),
    strictHost: HOST,
    configure: (place) => configure(place, options),
    // changes its account only after the mounts
    daemon: ({ dir }) => ({ command: [...unshare(), '/bin/bash', join(dir, 'inside.sh')] }),
  });
  const { dir, port, tlsPort, strictHost, strictPort, certificates } = place;
  const names = userNames();
  return {
    name: 'courier',
    version: version(),
    host: HOST,
    ...{ port, tlsPort, strictHost, strictPort, dir },
    ca: certificates.ca,
    clientCert: certificates.clientCert,
    separator: '.',
    prefix: 'INBOX.',
    user: (n) => loginOf(names, n),
    specialUsers: { small: { user: 'small', pass: PASSWORD } },
    seed: (user, mailbox, maildir) => seed(place, user, mailbox, maildir),
    stop,
  };
}

async function configure(place: Place, options: CourierOptions): Promise<void> {
  const { dir } = place;
  for (const part of ['etc/shared', 'run/courier/authdaemon', 'home'])
    await mkdir(join(dir, part), { recursive: true });
  await writeFile(join(dir, 'etc/authdaemonrc'), AUTHDAEMONRC);
  await writeFile(join(dir, 'etc/env'), imapdEnvironment(place, options));
  await writeFile(join(dir, 'inside.sh'), insideScript(place));
  if (!existsSync(join(dir, 'etc/userdb'))) await makeUsers(dir);
}

const AUTHDAEMONRC = `authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=3
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
`;

function imapdEnvironment({ dir }: Place, { enhancedIdle = false, extra = {} }: CourierOptions): string {
  const settings: Record<string, string> = {
    IMAP_CAPABILITY: CAPABILITY,
    IMAP_CAPABILITY_TLS: CAPABILITY,
    IMAP_KEYWORDS: '1',
    IMAP_ACL: '1',
    IMAP_PROXY: '0',
    IMAP_IDLE_TIMEOUT: '1',
    IMAP_MAILBOX_SANITY_CHECK: '0',
    IMAP_DISABLETHREADSORT: '0',
    IMAP_CHECK_ALL_FOLDERS: '0',
    IMAP_OBSOLETE_CLIENT: '0',
    IMAP_UMASK: '022',
    IMAP_USELOCKS: '1',
    IMAP_SHAREDINDEXFILE: '/etc/courier/shared/index',
    IMAP_ENHANCEDIDLE: enhancedIdle ? '1' : '0',
    IMAP_TRASHFOLDERNAME: 'Trash',
    IMAP_EMPTYTRASH: '',
    IMAP_MOVE_EXPUNGE_TO_TRASH: '0',
    IMAP_ID_FIELDS: '11',
    SENDMAIL: '/bin/false',
    HEADERFROM: 'X-IMAP-Sender',
    MAILDIRPATH: 'Maildir',
    SMAP_CAPABILITY: 'SMAP1',
    IMAP_STARTTLS: 'YES',
    IMAP_TLS_REQUIRED: '0',
    COURIERTLS: '/usr/bin/couriertls',
    TLS_CERTFILE: `${dir}/tls/both.pem`,
    TLS_TRUSTCERTS: `${dir}/tls/ca.pem`,
    TLS_VERIFYPEER: 'PEER',
    TLS_EXTERNAL: 'CN',
    prefix: '/usr',
    exec_prefix: '/usr',
    sbindir: '/usr/sbin',
    bindir: '/usr/bin',
    ...extra,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('');
}

/** Mounts, changes to the ordinary account, and is then the daemons' supervisor until TERM. */
function insideScript({ dir, account, port, tlsPort, strictPort }: Place): string {
  const root = packageRoot();
  const login = `${root}/usr/lib/courier/courier/imaplogin ${root}/usr/bin/imapd Maildir`;
  const { uid, gid } = namedAccount('courier');
  // couriertls does setgid(courier), which must succeed: where we may not become courier, map ourselves to it
  const become =
    process.getuid?.() === 0
      ? `setpriv --pdeathsig TERM ${switchTo(account).join(' ')} --`
      : `unshare -U --map-user=${uid} --map-group=${gid} setpriv --pdeathsig TERM --`;
  return `#!/bin/bash
if [ "$1" != mounted ]; then
  mount --bind "${dir}/etc" /etc/courier && mount --bind "${dir}/run" /run || exit 1
  exec ${become} /bin/bash "${dir}/inside.sh" mounted
fi
set -a; . /etc/courier/env; set +a
makeuserdb || exit 1
socket=/run/courier/authdaemon/socket
rm -f $socket
${AUTHDAEMON} 2>>"${dir}/authdaemond.log" &
until [ -S $socket ] || ! kill -0 $! 2>/dev/null; do sleep 0.01; done
tcpd="/usr/sbin/couriertcpd -address=${HOST} -maxprocs=400 -maxperip=400 -nodnslookup -noidentlookup -stderr=${dir}/imapd.log"
$tcpd ${port} ${login} &
IMAP_TLS=1 IMAP_STARTTLS= $tcpd ${tlsPort} /usr/bin/couriertls -server -tcpd ${login} &
IMAP_TLS_REQUIRED=1 $tcpd ${strictPort} ${login} &
finish() {
  trap - TERM
  kill $(jobs -p) 2>/dev/null
  # gam_server, which libgamin starts, is in a session of its own: end the ones of this namespace
  here=$(readlink /proc/self/ns/mnt)
  for process in /proc/[0-9]*; do
    read -r name <"$process/comm" || continue
    [ "$name" = gam_server ] && [ "$(readlink "$process/ns/mnt")" = "$here" ] && kill "\${process#/proc/}"
  done 2>/dev/null
}
trap 'finish; wait; exit 0' TERM
wait -n # none of them ends by itself, unless its port is taken
finish
exit 1
`;
}

async function makeUsers(dir: string): Promise<void> {
  const etc = join(dir, 'etc');
  const { uid, gid } = namedAccount('courier');
  const fields = [`systempw=${(await run('openssl', ['passwd', '-1', '-salt', 'loopback', PASSWORD])).trim()}`];
  for (const hash of ['md5', 'sha1', 'sha256']) {
    const secret = await run('/usr/sbin/userdbpw', [`-hmac-${hash}`], { input: `${PASSWORD}\n` });
    fields.push(`hmac-${hash}pw=${secret.trim()}`);
  }
  await writeFile(join(etc, 'userdb'), '');
  await chmod(join(etc, 'userdb'), 0o700);
  const large = await makeUserMaildir(dir, 'large', '50000000000S,1000000C');
  const small = await makeUserMaildir(dir, 'small', '65536S,5C');
  for (const user of [...userNames(), 'small']) {
    const home = join(dir, 'home', user);
    await cp(user === 'small' ? small : large, join(home, 'Maildir'), { recursive: true });
    const entry = [`uid=${uid}`, `gid=${gid}`, `home=${home}`, `mail=${home}/Maildir`, ...fields].join('|');
    await appendFile(join(etc, 'userdb'), `${user}\t${entry}\n`);
    await appendFile(join(etc, 'shared/index'), `${user}\t${uid}\t${gid}\t${home}\tMaildir\n`);
  }
}

/** A Maildir to copy for each user. The quota must be in it: a quota field in userdb has no effect. */
async function makeUserMaildir(dir: string, name: string, quota: string): Promise<string> {
  const path = join(dir, `template-${name}`);
  await run(MAILDIRMAKE, [path]);
  await run(MAILDIRMAKE, ['-q', quota, path]);
  for (const folder of ['Sent', 'Drafts', 'Trash']) await run(MAILDIRMAKE, ['-f', folder, path]);
  return path;
}

async function seed({ dir, account }: Place, user: string, mailbox: string, maildir: string): Promise<void> {
  const root = join(dir, 'home', user, 'Maildir');
  const folder = mailbox.replace(/^INBOX\.?/i, '');
  const target = folder === '' ? root : join(root, `.${folder}`);
  if (!(await exists(target))) await run(MAILDIRMAKE, ['-f', folder, root]);
  await copyMaildir(maildir, target);
  await own(root, account);
}
