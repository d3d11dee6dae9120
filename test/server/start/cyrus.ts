/** Cyrus IMAP 3. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountFor } from './account.ts';
import { Dialogue, quoted } from './dialogue.ts';
import { HOST, launch, own, type Place } from './launch.ts';
import { sharedLibrary, unpackedRoot } from './packages.ts';
import { run } from './processes.ts';
import { type Login, loginOf, PASSWORD, type RealServer, userNames } from './real-server.ts';

export interface CyrusOptions {
  /** Default '/'. */
  readonly separator?: '/' | '.';
  /** Default true: personal mailboxes beside INBOX; false: below it (INBOX.x, user.x). */
  readonly altNamespace?: boolean;
  /** sasl_mech_list; default everything. */
  readonly mechanisms?: string;
  /** Capabilities to hide: 'MOVE QRESYNC'. */
  readonly suppress?: string;
  /** More options for imapd.conf; each replaces the one of the same name (Cyrus refuses doubles). */
  readonly extra?: Record<string, string>;
}

export interface CyrusServer extends RealServer {
  readonly name: 'cyrus';
  readonly specialUsers: {
    /** May do everything to every mailbox. */
    readonly admin: Login;
  };
}

const BIN = '/usr/lib/cyrus/bin';
const SASLPASSWD = '/usr/sbin/saslpasswd2';
const MECHANISMS = 'PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256 SCRAM-SHA-512 ANONYMOUS EXTERNAL';
const FOLDERS = ['Drafts', 'Sent', 'Trash', 'Junk', 'Archive'];

export function cyrusMissing(): string | undefined {
  if (!existsSync(`${BIN}/master`)) return 'cyrus-common is not installed';
  if (!existsSync(SASLPASSWD)) return 'sasl2-bin is not installed';
  return existsSync(`${imapdBin()}/imapd`) ? undefined : 'cyrus-imapd is neither unpacked nor installed';
}

/** Where imapd and idled are: of the unpacked package, or of an installed one. */
function imapdBin(): string {
  return `${unpackedRoot('cyrus-imapd', `${BIN}/imapd`)}${BIN}`;
}

/** Writes do not wait for the disk: twice as fast. */
function withoutSync(): Record<string, string> {
  const library = sharedLibrary('libeatmydata.so');
  return library ? { LD_PRELOAD: library } : {};
}

export async function startCyrus(options: CyrusOptions = {}): Promise<CyrusServer> {
  const { place, greeting, stop } = await launch({
    account: accountFor('cyrus'),
    strictHost: HOST,
    configure: (place) => configure(place, options),
    daemon: ({ dir, account }) => ({
      // the listen backlog is 32 by default, and a burst of connections beyond it is never greeted
      command: [
        `${BIN}/master`,
        '-l',
        '512',
        '-C',
        `${dir}/imapd.conf`,
        '-M',
        `${dir}/cyrus.conf`,
        '-p',
        `${dir}/master.pid`,
      ],
      account,
      env: withoutSync(),
    }),
  });
  const { dir, port, tlsPort, strictHost, strictPort, certificates } = place;
  const { separator = '/', altNamespace = true } = options;
  const names = userNames();
  return {
    name: 'cyrus',
    version: /Cyrus IMAP (\S+)/.exec(greeting)?.[1] ?? '',
    host: HOST,
    ...{ port, tlsPort, strictHost, strictPort, dir },
    ca: certificates.ca,
    clientCert: certificates.clientCert,
    separator,
    prefix: altNamespace ? '' : `INBOX${separator}`,
    user: (n) => loginOf(names, n),
    specialUsers: { admin: { user: 'cyrus', pass: PASSWORD } },
    seed: (user, mailbox, maildir) => seed(place, { user, mailbox, maildir, separator }),
    stop,
  };
}

async function configure(place: Place, options: CyrusOptions): Promise<void> {
  const { dir } = place;
  for (const part of ['socket', 'db', 'proc', 'lock', 'log', 'user'])
    await mkdir(join(dir, 'conf', part), { recursive: true });
  for (const part of ['spool', 'sieve']) await mkdir(join(dir, part), { recursive: true });
  await writeFile(join(dir, 'imapd.conf'), imapdConf(place, options));
  await writeFile(join(dir, 'cyrus.conf'), cyrusConf(place));
  const database = join(dir, 'sasldb2');
  if (existsSync(database)) return;
  const script =
    'for name; do printf %s "$PASSWORD" | "$PROGRAM" -p -c -f "$DATABASE" -u localhost "$name" || exit; done';
  await run('sh', ['-c', script, 'sh', 'cyrus', ...userNames()], {
    env: { PASSWORD, PROGRAM: SASLPASSWD, DATABASE: database },
  });
}

function imapdConf({ dir, account }: Place, options: CyrusOptions): string {
  const { separator = '/', altNamespace = true, mechanisms = MECHANISMS, suppress, extra } = options;
  const settings: Record<string, string> = {
    configdirectory: `${dir}/conf`,
    'partition-default': `${dir}/spool`,
    defaultpartition: 'default',
    sievedir: `${dir}/sieve`,
    servername: 'localhost',
    cyrus_user: account.name,
    cyrus_group: account.group,
    admins: 'cyrus',
    altnamespace: altNamespace ? 'yes' : 'no',
    unixhierarchysep: separator === '/' ? 'yes' : 'no',
    virtdomains: 'off',
    lmtpsocket: `${dir}/conf/socket/lmtp`,
    idlesocket: `${dir}/conf/socket/idle`,
    notifysocket: `${dir}/conf/socket/notify`,

    allowplaintext: 'yes',
    strict_allowplaintext: 'no',
    sasl_pwcheck_method: 'auxprop',
    sasl_auxprop_plugin: 'sasldb',
    sasl_sasldb_path: `${dir}/sasldb2`,
    sasl_mech_list: mechanisms,
    sasl_maximum_layer: '0',
    allowanonymouslogin: 'yes',
    failedloginpause: '0',
    plaintextloginpause: '0',
    maxlogins_per_host: '0',
    maxlogins_per_user: '0',

    tls_server_cert: `${dir}/tls/cert.pem`,
    tls_server_key: `${dir}/tls/key.pem`,
    tls_client_ca_file: `${dir}/tls/ca.pem`,
    tls_client_certs: 'optional',
    tls_versions: 'tls1_2 tls1_3',
    tls_session_timeout: '60',

    // mailboxes are made at the first login
    autocreate_quota: '10485760',
    autocreate_inbox_folders: FOLDERS.join('|'),
    autocreate_subscribe_folders: FOLDERS.join('|'),
    autocreate_post: 'yes',
    ...Object.fromEntries(FOLDERS.map((name) => [`xlist-${name}`, name])),
    specialusealways: 'yes',
    specialuse_extra: '\\Important',

    conversations: 'yes',
    annotation_allow_undefined: 'yes',
    annotation_enable_legacy_commands: 'yes',
    allowusermoves: 'yes',
    anyoneuseracl: 'yes',
    expunge_mode: 'immediate',
    delete_mode: 'immediate',
    munge8bit: 'no',
    reject8bit: 'no',
    maxmessagesize: '104857600',
    statuscache: 'yes',
    // squat, without its index, answers every text search with nothing
    search_engine: 'none',
    flushseenstate: 'yes',
    imapidresponse: 'yes',
    idle_timeout: '30m',
    ...(suppress ? { suppress_capabilities: suppress } : {}),
    ...extra,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function cyrusConf({ dir, port, tlsPort, strictPort }: Place): string {
  const imapd = `${imapdBin()}/imapd -C ${dir}/imapd.conf -U 1000`;
  return `START {
  recover cmd="${BIN}/ctl_cyrusdb -C ${dir}/imapd.conf -r"
}
SERVICES {
  imap   cmd="${imapd}" listen="${HOST}:${port}" prefork=1 maxchild=1000
  imaps  cmd="${imapd} -s" listen="${HOST}:${tlsPort}" prefork=0 maxchild=1000
  strict cmd="${imapd}" listen="${HOST}:${strictPort}" prefork=0 maxchild=1000
}
DAEMON {
  idled cmd="${imapdBin()}/idled -C ${dir}/imapd.conf"
}
`;
}

interface Seeding {
  readonly user: string;
  readonly mailbox: string;
  readonly maildir: string;
  readonly separator: string;
}

/** Writes numbered files into the mailbox's spool folder, has Cyrus read them in, then sets the flags. */
async function seed({ dir, account, port }: Place, { user, mailbox, maildir, separator }: Seeding): Promise<void> {
  const config = `${dir}/imapd.conf`;
  const dialogue = await Dialogue.open(HOST, port);
  try {
    await dialogue.login({ user, pass: PASSWORD });
    const box = quoted(mailbox);
    if (mailbox.toUpperCase() !== 'INBOX') {
      await dialogue.command(`CREATE ${box}`);
      await dialogue.command(`SUBSCRIBE ${box}`);
    }
    const { untagged } = await dialogue.ok(`STATUS ${box} (MESSAGES UIDNEXT)`);
    if (!untagged.some((line) => /MESSAGES 0 UIDNEXT 1\b/.test(line))) {
      throw new Error(`only a new mailbox can be seeded on Cyrus: ${untagged.join(' ')}`);
    }
    const below = mailbox.replace(new RegExp(`^INBOX\\${separator}?`, 'i'), '');
    const internal = ['user', user, ...(below === '' ? [] : [below])].join(separator);
    const spool = (await run(`${BIN}/mbpath`, ['-C', config, internal], { account })).trim();
    const files = await writeSpool(maildir, spool);
    await own(spool, account);
    await run(`${BIN}/reconstruct`, ['-C', config, internal], { account, env: withoutSync() });
    await dialogue.ok(`SELECT ${box}`);
    for (const [flag, numbers] of flagged(files)) {
      for (let from = 0; from < numbers.length; from += 500) {
        await dialogue.ok(`STORE ${numbers.slice(from, from + 500).join(',')} +FLAGS.SILENT (${flag})`);
      }
    }
  } finally {
    dialogue.close();
  }
}

/** Writes 1., 2., … with CRLF, in the order of the files' names; gives those names. */
async function writeSpool(maildir: string, spool: string): Promise<string[]> {
  const cur = join(maildir, 'cur');
  const files = (await readdir(cur)).sort();
  for (const [index, file] of files.entries()) {
    const raw = await readFile(join(cur, file), 'latin1');
    const { atime, mtime } = await stat(join(cur, file));
    const target = join(spool, `${index + 1}.`);
    await writeFile(target, raw.replace(/\r?\n/g, '\r\n'), 'latin1');
    await utimes(target, atime, mtime);
  }
  return files;
}

const MAILDIR_FLAGS: Record<string, string> = {
  D: '\\Draft',
  F: '\\Flagged',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
};

/** The sequence numbers that carry each flag, by the letters after ":2," in the files' names. */
function flagged(files: string[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const [index, file] of files.entries()) {
    for (const letter of /:2,([A-Z]*)$/.exec(file)?.[1] ?? '') {
      const flag = MAILDIR_FLAGS[letter];
      if (flag === undefined) continue;
      const list = numbers.get(flag) ?? [];
      numbers.set(flag, list);
      list.push(index + 1);
    }
  }
  return numbers;
}
