/** GNU Mailutils imap4d 3. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accountFor } from './account.ts';
import { copyMaildir, HOST, launch, makeMaildir, own, type Place } from './launch.ts';
import { run } from './processes.ts';
import { loginOf, PASSWORD, type RealServer, userNames } from './real-server.ts';

export interface MailutilsOptions {
  /** Default maildir. */
  readonly format?: 'maildir' | 'mbox';
  /** More statements for the configuration. */
  readonly extra?: string;
}

export interface MailutilsServer extends RealServer {
  readonly name: 'mailutils';
}

const IMAP4D = '/usr/sbin/imap4d';
const DOMAIN = '@localhost';

export function mailutilsMissing(): string | undefined {
  return existsSync(IMAP4D) ? undefined : 'mailutils-imap4d is not installed';
}

export async function startMailutils(options: MailutilsOptions = {}): Promise<MailutilsServer> {
  const { place, stop } = await launch({
    account: accountFor('mail'),
    strictHost: HOST,
    configure: (place) => configure(place, options),
    daemon: ({ dir, account }) => ({ command: [IMAP4D, `--config-file=${dir}/imap4d.conf`], account }),
  });
  const { dir, port, tlsPort, strictHost, strictPort, certificates } = place;
  const names = userNames(DOMAIN);
  return {
    name: 'mailutils',
    version: /^imap4d .* (\S+)$/m.exec(execFileSync(IMAP4D, ['--version'], { encoding: 'utf8' }))?.[1] ?? '',
    host: HOST,
    ...{ port, tlsPort, strictHost, strictPort, dir },
    ca: certificates.ca,
    clientCert: certificates.clientCert,
    separator: '/',
    prefix: '',
    user: (n) => loginOf(names, n),
    seed: (user, mailbox, maildir) => seed(place, options, { user, mailbox, maildir }),
    stop,
  };
}

async function configure(place: Place, { format = 'maildir', extra = '' }: MailutilsOptions): Promise<void> {
  const { dir, account } = place;
  await mkdir(join(dir, 'domains'), { recursive: true });
  const hash = (await run('openssl', ['passwd', '-6', '-salt', 'loopback', PASSWORD])).trim();
  let passwd = '';
  let secrets = '';
  for (const user of userNames()) {
    const home = join(dir, 'home', user);
    passwd += `${user}:${hash}:${account.uid}:${account.gid}:${user}:${home}:/bin/false\n`;
    secrets += `${user}${DOMAIN}\t${PASSWORD}\n`;
    // without an INBOX, APPEND to it is refused
    await mkdir(home, { recursive: true });
    if (format === 'maildir') await makeMaildir(join(home, 'INBOX'));
    else await writeFile(join(home, 'INBOX'), '');
  }
  await writeFile(join(dir, 'domains/localhost'), passwd); // a "virtual domain" is a passwd file named after it
  await writeFile(join(dir, 'sasl'), secrets);
  await chmod(join(dir, 'sasl'), 0o600);
  await writeFile(join(dir, 'imap4d.conf'), imap4dConf(place, format) + extra);
}

function imap4dConf({ dir, port, tlsPort, strictPort }: Place, format: string): string {
  return `mode daemon;
foreground yes;
pidfile ${dir}/imap4d.pid;
max-children 400;
timeout 1800;
logging { syslog no; };
tcp-wrappers { enable no; };
auth { authentication generic; authorization virtdomain; };
virtdomain { passwd-dir ${dir}/domains; };
gsasl {
  cram-passwd ${dir}/sasl;
  hostname localhost;
  realm localhost;
  service imap;
  anonymous-user user1${DOMAIN};
};
mailbox { mailbox-type ${format}; };
id-fields "name,version,vendor,support-url";
tls {
  ssl-certificate-file ${dir}/tls/cert.pem;
  ssl-key-file ${dir}/tls/key.pem;
  ssl-ca-file ${dir}/tls/ca.pem;
};
# with the default backlog, a burst of connections is partly never greeted
server ${HOST}:${port} { backlog 512; tls-mode ondemand; };
server ${HOST}:${tlsPort} { backlog 512; tls-mode connection; };
server ${HOST}:${strictPort} { backlog 512; tls-mode required; };
`;
}

interface Seeding {
  readonly user: string;
  readonly mailbox: string;
  readonly maildir: string;
}

async function seed(
  { dir, account }: Place,
  { format }: MailutilsOptions,
  { user, mailbox, maildir }: Seeding,
): Promise<void> {
  if (format === 'mbox') throw new Error('imap4d is seeded with Maildirs, and this one keeps mbox files');
  const home = join(dir, 'home', user.slice(0, -DOMAIN.length));
  await copyMaildir(maildir, join(home, mailbox));
  await own(home, account);
}
