import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Written, writeMaildir } from '../mail/maildir.ts';
import { describeServer } from './describe.ts';
import { Dialogue } from './start/dialogue.ts';
import { type RealServer, SERVER_NAMES, type Servers, start } from './start/index.ts';

const COUNT = 40;
let maildir: string;
let written: Written[];

beforeAll(() => {
  maildir = mkdtempSync(join(tmpdir(), 'iw-mail-'));
  written = writeMaildir(maildir, COUNT, { median: 2000 });
}, 60_000);
afterAll(() => rmSync(maildir, { recursive: true, force: true }));

/** Runs `body` on a connection that is closed after it. */
async function talk<T>(opening: Promise<Dialogue>, body: (dialogue: Dialogue) => Promise<T>): Promise<T> {
  const dialogue = await opening;
  try {
    return await body(dialogue);
  } finally {
    dialogue.close();
  }
}

/** The processes that name a path on their command line, as each server's do with its directory. */
function processesNaming(path: string): string[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(path);
    } catch {
      return false;
    }
  });
}

/** Seeds a mailbox and reads back what every server must agree on: number, flags and sizes. */
async function expectSeeded(server: RealServer, n: number, mailbox: string): Promise<string[]> {
  const login = server.user(n);
  await server.seed(login.user, mailbox, maildir);
  const lines = await talk(Dialogue.open(server.host, server.port), async (dialogue) => {
    await dialogue.login(login);
    await dialogue.ok(`EXAMINE "${mailbox}"`);
    return (await dialogue.ok('FETCH 1:* (FLAGS RFC822.SIZE INTERNALDATE)')).untagged;
  });
  const fetched = lines.filter((line) => /^\* \d+ FETCH /.test(line));
  const seen = fetched.map((line) => ({
    flags: (/FLAGS \(([^)]*)\)/.exec(line)?.[1] ?? '')
      .split(' ')
      .filter((flag) => flag !== '' && flag !== '\\Recent')
      .sort(),
    size: Number(/RFC822\.SIZE (\d+)/.exec(line)?.[1]),
  }));
  expect(seen).toEqual(written.map(({ flags, size }) => ({ flags: [...flags].sort(), size })));
  return fetched;
}

function sharedTests(server: () => RealServer): void {
  it('greets and takes a login on the plain port', async () => {
    const { host, port, user } = server();
    await talk(Dialogue.open(host, port), async (dialogue) => {
      expect(dialogue.greeting).toMatch(/^\* OK .*IMAP/);
      await dialogue.login(user(1));
    });
  });

  it('greets and takes a login over TLS, with its own certificate', async () => {
    const { host, tlsPort, ca, user } = server();
    await talk(Dialogue.open(host, tlsPort, ca), async (dialogue) => {
      expect(dialogue.greeting).toMatch(/^\* OK .*IMAP/);
      await dialogue.login(user(2));
    });
  });

  it('refuses a plaintext login on the strict port until STARTTLS', async () => {
    const { strictHost, strictPort, ca, user } = server();
    await talk(Dialogue.open(strictHost, strictPort), async (dialogue) => {
      await expect(dialogue.login(user(1))).rejects.toThrow(/^LOGIN: NO /);
      const { untagged } = await dialogue.ok('CAPABILITY');
      expect(untagged.join()).toMatch(/LOGINDISABLED|XTLSREQUIRED/);
      await dialogue.startTls(ca);
      await dialogue.login(user(1));
    });
  });

  it('has accounts 1 to 20', () => {
    expect(server().user(20).user).toMatch(/^user20/);
    expect(() => server().user(21)).toThrow(RangeError);
    expect(() => server().user(0)).toThrow(RangeError);
  });

  it('is seeded from a Maildir: a new mailbox and INBOX', async () => {
    const { name, separator, prefix } = server();
    const fetched = await expectSeeded(server(), 3, `${prefix}Work${separator}Seeded`);
    const dates = fetched.map((line) => Date.parse(/INTERNALDATE "([^"]*)"/.exec(line)?.[1] ?? ''));
    const wanted = written.map(({ internalDate }) => Math.floor(internalDate.getTime() / 1000) * 1000);
    if (name !== 'mailutils') expect(dates).toEqual(wanted); // imap4d answers with the Date header
    await expectSeeded(server(), 4, 'INBOX');
  });

  it('runs beside others of its kind, and leaves neither process nor directory behind', async () => {
    const { name, host, port, user } = server();
    const more = await Promise.all([start(name), start(name)]);
    expect(new Set([port, ...more.map((other) => other.port)]).size).toBe(3);
    const stopWithClient = async (other: RealServer) => {
      expect(processesNaming(other.dir)).not.toEqual([]);
      const dialogue = await Dialogue.open(other.host, other.tlsPort, other.ca);
      await dialogue.login(other.user(1));
      await other.stop();
      dialogue.close();
      expect(processesNaming(other.dir)).toEqual([]);
      expect(existsSync(other.dir)).toBe(false);
    };
    await Promise.all(more.map(stopWithClient));
    await talk(Dialogue.open(host, port), (dialogue) => dialogue.login(user(1)));
  });
}

for (const name of SERVER_NAMES) describeServer(name, sharedTests);

describeServer('dovecot', (server) => {
  const login = (user: string, pass: string) =>
    talk(Dialogue.open(server().host, server().port), (dialogue) => dialogue.login({ user, pass }));
  const bearer = (user: string, seconds?: number) => {
    const response = `n,a=${user},\x01auth=Bearer ${server().token(user, seconds)}\x01\x01`;
    return talk(Dialogue.open(server().host, server().port), (dialogue) =>
      dialogue.command(`AUTHENTICATE OAUTHBEARER ${Buffer.from(response).toString('base64')}`),
    );
  };

  it('takes a bearer token', async () => {
    expect((await bearer('user5')).tagged).toMatch(/^OK /);
  });

  it('knows the accounts that are special', async () => {
    const { quoted, small, disabled } = server().specialUsers;
    await login(quoted.user, quoted.pass);
    await login(small.user, small.pass);
    await expect(login(disabled.user, disabled.pass)).rejects.toThrow(/NO /);
    const { user, pass } = server().specialUsers.utf8;
    const plain = Buffer.from(`\0${user}\0${pass}`).toString('base64');
    await talk(Dialogue.open(server().host, server().port), (dialogue) => dialogue.ok(`AUTHENTICATE PLAIN ${plain}`));
  });
});

const VARIANTS: Servers['dovecot']['options'][] = [
  { format: 'mdbox', separator: '.', prefix: 'INBOX.' },
  { format: 'sdbox' },
  { format: 'mbox' },
  { format: 'maildir', separator: '.', prefix: 'INBOX.', capability: 'IMAP4rev1 IDLE' },
];

for (const variant of VARIANTS) {
  describe(`with ${Object.values(variant).join(', ')}`, () => {
    describeServer('dovecot', variant, (server) => {
      it('is seeded', async () => {
        const { separator, prefix } = server();
        await expectSeeded(server(), 1, 'INBOX');
        await expectSeeded(server(), 1, `${prefix}Work${separator}Seeded`);
      });
    });
  });
}

describe('with a dot and everything below INBOX', () => {
  describeServer('cyrus', { separator: '.', altNamespace: false, suppress: 'MOVE' }, (server) => {
    it('is seeded, and keeps quiet about MOVE', async () => {
      await expectSeeded(server(), 1, `${server().prefix}Seeded`);
      const { untagged } = await talk(Dialogue.open(server().host, server().port), (dialogue) =>
        dialogue.ok('CAPABILITY'),
      );
      expect(untagged.join()).not.toMatch(/ MOVE\b/);
    });
  });
});
