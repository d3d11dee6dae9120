/** Dovecot 2.3. */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountFor } from './account.ts';
import { type DovecotOptions, dovecotConf } from './dovecot-conf.ts';
import { copyMaildir, HOST, launch, own, type Place } from './launch.ts';
import { run } from './processes.ts';
import { type Login, loginOf, PASSWORD, type RealServer, userNames } from './real-server.ts';

export interface DovecotServer extends RealServer {
  readonly name: 'dovecot';
  readonly specialUsers: {
    /** A password that needs quoting. */
    readonly quoted: Login;
    /** Name and password outside ASCII. */
    readonly utf8: Login;
    /** 64 KiB, 5 messages. */
    readonly small: Login;
    /** Refused with [CONTACTADMIN]. */
    readonly disabled: Login;
  };
  /** An OAuth 2.0 bearer token for OAUTHBEARER and XOAUTH2, good for `seconds` (3600; negative: expired). */
  token(user: string, seconds?: number): string;
}

const DOVECOT = '/usr/sbin/dovecot';
const TOKEN_SECRET = 'imapwire-test-secret';
const SPECIAL_USERS = {
  quoted: { user: 'quoted', pass: 'p"a\\ss %d*(){]' },
  utf8: { user: 'üser', pass: 'pässwörd€' },
  small: { user: 'small', pass: PASSWORD },
  disabled: { user: 'disabled', pass: PASSWORD },
};
const USER_FIELDS: Record<string, string> = {
  small: 'userdb_quota_rule=*:storage=64K:messages=5',
  disabled: 'nologin reason=Account_disabled',
};

export function dovecotMissing(): string | undefined {
  if (!existsSync(DOVECOT) || !existsSync('/usr/lib/dovecot/imap')) return 'dovecot-imapd is not installed';
  const version = dovecotVersion();
  return version.startsWith('2.3.') ? undefined : `it is Dovecot ${version}, and the set-up is for 2.3`;
}

function dovecotVersion(): string {
  return execFileSync(DOVECOT, ['--version'], { encoding: 'utf8' }).split(' ', 1).join('').trim();
}

export async function startDovecot(options: DovecotOptions = {}): Promise<DovecotServer> {
  const { place, stop } = await launch({
    account: accountFor('dovecot'),
    strictHost: '127.0.0.2',
    configure: (place) => configure(place, options),
    daemon: ({ dir, account }) => ({
      command: [DOVECOT, '-F', '-c', join(dir, 'dovecot.conf')],
      account,
      graceMs: 200, // clients are gone by then; the log process would wait a whole second for last words
    }),
  });
  const { dir, port, tlsPort, strictHost, strictPort, certificates } = place;
  const names = userNames();
  return {
    name: 'dovecot',
    version: dovecotVersion(),
    host: HOST,
    ...{ port, tlsPort, strictHost, strictPort, dir },
    ca: certificates.ca,
    clientCert: certificates.clientCert,
    separator: options.separator ?? '/',
    prefix: options.prefix ?? '',
    user: (n) => loginOf(names, n),
    specialUsers: SPECIAL_USERS,
    token,
    seed: (user, mailbox, maildir) => seed(place, options, { user, mailbox, maildir }),
    stop,
  };
}

async function configure(place: Place, options: DovecotOptions): Promise<void> {
  const { dir } = place;
  const { prefix = '' } = options;
  for (const part of ['run', 'state', 'home', 'public', 'rawlog']) await mkdir(join(dir, part), { recursive: true });
  await writeFile(join(dir, 'dovecot.conf'), dovecotConf(place, options));

  const logins = [...userNames().map((user) => ({ user, pass: PASSWORD })), ...Object.values(SPECIAL_USERS)];
  const users = logins.map(({ user, pass }) => `${user}:{PLAIN}${pass}::::::${USER_FIELDS[user] ?? ''}\n`);
  await writeFile(join(dir, 'users'), users.join(''));

  await mkdir(join(dir, 'keys/default/HS256'), { recursive: true });
  await writeFile(join(dir, 'keys/default/HS256/default'), Buffer.from(TOKEN_SECRET).toString('base64'));
  await writeFile(
    join(dir, 'oauth2.conf'),
    `introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${dir}/keys/
username_attribute = sub
username_format = %u
`,
  );

  const rights = 'lrwstipekxa';
  const acl = [
    `Public owner ${rights}`,
    ...['Public', 'Public/*', 'Public.*'].map((name) => `${name} anyone ${rights}`),
  ];
  await writeFile(join(dir, 'global-acl'), `${acl.join('\n')}\n`);

  for (const [name, rule] of [
    ['All', 'all'],
    ['Flagged', 'flagged'],
  ] as const) {
    await mkdir(join(dir, 'virtual', name), { recursive: true });
    const boxes = prefix === '' ? ['*'] : ['INBOX', `${prefix}*`];
    await writeFile(join(dir, 'virtual', name, 'dovecot-virtual'), `${boxes.join('\n')}\n  ${rule}\n`);
  }
}

/** A JSON Web Token (RFC 7519), HS256, as Dovecot's local introspection reads it. */
function token(user: string, seconds = 3600): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: user, iat: now - 7200, nbf: now - 7200, exp: now + seconds, aud: 'imap', scope: 'imap' };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', TOKEN_SECRET).update(signed).digest('base64url')}`;
}

interface Seeding {
  readonly user: string;
  readonly mailbox: string;
  readonly maildir: string;
}

let imports = 0;

/** A Maildir takes the files as they are, at the next SELECT; into the other formats Dovecot imports them itself. */
async function seed(place: Place, options: DovecotOptions, seeding: Seeding): Promise<void> {
  const { dir, account } = place;
  const { user, mailbox, maildir } = seeding;
  const { format = 'maildir', separator = '/', prefix = '' } = options;
  const name = mailbox.startsWith(prefix) ? mailbox.slice(prefix.length) : mailbox;
  const folder = name.toUpperCase() === 'INBOX' ? '' : `.${name.replaceAll(separator, '.')}`;
  if (format === 'maildir') {
    const home = join(dir, 'home', user);
    const target = join(home, 'mail', folder);
    await copyMaildir(maildir, target);
    if (folder !== '') await writeFile(join(target, 'maildirfolder'), '');
    await own(home, account);
    return;
  }
  const work = join(dir, `import${++imports}`);
  try {
    await copyMaildir(maildir, join(work, folder));
    if (folder !== '') for (const part of ['cur', 'new', 'tmp']) await mkdir(join(work, part));
    // doveadm does not translate names between two namespaces, so it is shown ours as the Maildir's
    const config = join(work, 'dovecot.conf');
    await writeFile(config, dovecotConf(place, { ...options, separator: '/', prefix: '' }));
    await own(work, account);
    const source = `maildir:${work}:INDEX=MEMORY`;
    await run('/usr/bin/doveadm', ['-c', config, 'import', '-u', user, source, '', 'all'], { account });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
