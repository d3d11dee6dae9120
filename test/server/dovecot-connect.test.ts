/** Connecting to a real Dovecot: TLS, every mechanism, accounts of all kinds, and what it refuses. */
import { describe, expect, it } from 'vitest';
import {
  type Auth,
  AuthenticationError,
  CommandError,
  ConnectionError,
  type ConnectOptions,
  connect,
  type LogEntry,
  UsageError,
} from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { letter, rejection } from './operations/target.ts';
import type { DovecotServer } from './start/index.ts';

/** The texts in which a secret would stand on the wire: as it is, in UTF-8 read as latin1, and in base64 at each alignment. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and last characters hold bits of what stands beside it.
    return text.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [secret, bytes.toString('latin1'), ...encoded.filter((text) => text.length >= 4)];
}

function withLog(): { log: (entry: LogEntry) => void; entries: LogEntry[] } {
  const entries: LogEntry[] = [];
  return { log: (entry) => entries.push(entry), entries };
}

function expectSecret(secret: string, where: unknown): void {
  const text = typeof where === 'string' ? where : JSON.stringify(where);
  for (const form of formsOf(secret)) expect(text).not.toContain(form);
}

describeServer('dovecot', (server) => {
  const plain = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    host: server().host,
    port: server().port,
    security: 'none',
    ...more,
  });
  const tls = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
    host: server().host,
    port: server().tlsPort,
    tls: { ca: server().ca },
    ...more,
  });

  describe('security', () => {
    it.each(['localhost', '127.0.0.1'])('TLS and STARTTLS with the authority of %s, and none', async (host) => {
      const auth = server().user(1);
      const ways: [ConnectOptions, boolean][] = [
        [tls({ host, auth }), true],
        [tls({ host, auth, port: server().port, security: 'starttls' }), true],
        [plain({ host, auth }), false],
      ];
      for (const [options, secure] of ways) {
        await using client = await connect(options);
        expect([client.secure, client.state]).toEqual([secure, 'authenticated']);
        const inbox = await client.open('INBOX');
        await client.append('INBOX', { content: letter('over a connection of its own', 'x'.repeat(100_000)) });
        expect((await inbox.fetchOne({ seq: '*' as unknown as number }, { size: true }))?.size).toBeGreaterThan(
          100_000,
        ); // the type takes numbers only
        await inbox.deleteMessages('1:*');
      }
    });

    it('refuses a certificate of nobody known', async () => {
      const auth = server().user(1);
      for (const security of ['tls', 'starttls'] as const) {
        const port = security === 'tls' ? server().tlsPort : server().port;
        const error = await rejection(connect({ host: server().host, port, security, auth }));
        expect(error).toBeInstanceOf(ConnectionError);
        expect(error).toMatchObject({ phase: 'tls' });
        expect(error.code).toMatch(/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN)$/);
      }
    });

    it('is mistaken: TLS where there is none, none where there is TLS', async () => {
      const auth = server().user(1);
      const early = await rejection(connect(tls({ port: server().port, auth })));
      expect(early).toMatchObject({ name: 'ConnectionError', phase: 'tls' });
      expect(early.message).toContain('starttls');
      const late = await rejection(connect(plain({ port: server().tlsPort, auth, timeouts: { connect: 500 } })));
      expect(late).toMatchObject({ name: 'ConnectionError', code: 'TIMEOUT', phase: 'greeting' });
    });
  });

  describe('credentials', () => {
    const mechanisms: [string, (server: DovecotServer) => Auth, secret: (auth: Auth) => string][] = [
      ...(['LOGIN', 'PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'] as const).map(
        (mechanism): [string, (server: DovecotServer) => Auth, (auth: Auth) => string] => [
          mechanism,
          ({ specialUsers }) => ({ ...specialUsers.quoted, mechanism }),
          passwordOf,
        ],
      ),
      ['the best for a password', ({ specialUsers }) => specialUsers.quoted, passwordOf],
      ...(['OAUTHBEARER', 'XOAUTH2'] as const).map(
        (mechanism): [string, (server: DovecotServer) => Auth, (auth: Auth) => string] => [
          mechanism,
          (dovecot) => ({ user: 'user5', accessToken: dovecot.token('user5'), mechanism }),
          tokenOf,
        ],
      ),
      ['the best for a token', (dovecot) => ({ user: 'user5', accessToken: dovecot.token('user5') }), tokenOf],
      [
        'a mechanism of one’s own',
        ({ specialUsers: { quoted } }) => ({
          sasl: {
            name: 'PLAIN',
            initial: () => Buffer.from(`\0${quoted.user}\0${quoted.pass}`),
            respond: () => Buffer.alloc(0),
          },
        }),
        () => 'p"a\\ss %d*(){]',
      ],
    ];

    it.each(mechanisms)(
      '%s: taken over TLS and without, wrong ones refused, and never a secret in the log',
      async (_, make, secretOf) => {
        const auth = make(server());
        const secret = secretOf(auth);
        for (const options of [plain({ auth }), tls({ auth: async () => auth })]) {
          const { log, entries } = withLog();
          await using client = await connect({ ...options, log });
          expect(client.state).toBe('authenticated');
          await client.open('INBOX');
          expect(entries.length).toBeGreaterThan(4);
          expectSecret(secret, entries);
        }
        const wrong = wrongOf(auth);
        if (wrong === undefined) return;
        const { log, entries } = withLog();
        const error = await rejection(connect(plain({ auth: wrong, log })));
        expect(error).toBeInstanceOf(AuthenticationError);
        expect(error).toMatchObject({ status: 'NO' });
        expectSecret(secretOf(wrong), entries);
        expectSecret(secretOf(wrong), `${JSON.stringify(error)}${error.stack}`);
      },
    );

    it('outside ASCII, by every mechanism for passwords', async () => {
      const auth = server().specialUsers.utf8;
      for (const mechanism of ['LOGIN', 'PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-256', undefined] as const) {
        const { log, entries } = withLog();
        await using client = await connect(
          tls({ auth: { ...auth, ...(mechanism === undefined ? {} : { mechanism }) }, log }),
        );
        expect(client.state, mechanism).toBe('authenticated');
        expectSecret(auth.pass, entries);
      }
    });

    it('of a certificate, and of nobody', async () => {
      const { ca, clientCert } = server();
      await using external = await connect(tls({ tls: { ca, ...clientCert }, auth: { mechanism: 'EXTERNAL' } }));
      expect(external.state).toBe('authenticated');
      await external.create('of the certificate');
      await using same = await connect(plain({ auth: server().user(1) }));
      expect((await same.list()).map(({ name }) => name)).toContain('of the certificate');
      await using anonymous = await connect(plain({ auth: { mechanism: 'ANONYMOUS', user: 'guest@example.org' } }));
      expect(anonymous.state).toBe('authenticated');
      const refused = await rejection(connect(tls({ auth: { mechanism: 'EXTERNAL' } })));
      expect(refused instanceof AuthenticationError || refused instanceof UsageError).toBe(true);
    });

    it('that have expired: what the server says of it is told', async () => {
      for (const mechanism of ['OAUTHBEARER', 'XOAUTH2'] as const) {
        const accessToken = server().token('user5', -10);
        const error = await rejection(connect(plain({ auth: { user: 'user5', accessToken, mechanism } })));
        expect(error).toBeInstanceOf(AuthenticationError);
        expect(error.message, mechanism).toMatch(/invalid_token|401/);
        expectSecret(accessToken, error.message);
      }
    });

    it('of an account that is closed', async () => {
      const error = await rejection(connect(plain({ auth: server().specialUsers.disabled })));
      expect(error).toBeInstanceOf(AuthenticationError);
      expect(error.message).toMatch(/Account_disabled|\[.*\]/);
    });

    it('are not sent to a listener that disables login, and are after STARTTLS', async () => {
      const strict = {
        host: server().strictHost,
        port: server().strictPort,
        auth: { ...server().user(2), mechanism: 'PLAIN' as const },
      };
      const { log, entries } = withLog();
      const error = await rejection(connect({ ...strict, security: 'none', log }));
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({ code: 'NO_MECHANISM' });
      expect(entries.filter(({ direction }) => direction === 'out').map(({ text }) => text)).toEqual([]);
      const login = await rejection(
        connect({ ...strict, security: 'none', auth: { ...server().user(2), mechanism: 'LOGIN' } }),
      );
      expect(login).toMatchObject({ code: 'NO_MECHANISM' });
      await using client = await connect({ ...strict, security: 'starttls', tls: { ca: server().ca } });
      expect(client.state).toBe('authenticated');
    });
  });

  describe('an account that is almost full', () => {
    it('refuses with OVERQUOTA, and the connection goes on', async () => {
      await using client = await connect(plain({ auth: server().specialUsers.small }));
      await client.create('target').catch(() => {});
      const big = letter('too big', 'x'.repeat(70_000));
      const error = await rejection(client.append('INBOX', { content: big }));
      expect(error).toBeInstanceOf(CommandError);
      expect(error).toMatchObject({ status: 'NO', code: 'OVERQUOTA', command: 'APPEND' });
      const inbox = await client.open('INBOX');
      await client.append(
        'INBOX',
        [1, 2, 3].map((number) => ({ content: letter(`small ${number}`) })),
      );
      expect(await rejection(inbox.copy('1:3', 'target'))).toMatchObject({ code: 'OVERQUOTA', command: 'UID COPY' });
      expect(await inbox.search({})).toHaveLength(3);
      await inbox.deleteMessages('1:*');
    });
  });

  describe('searches', () => {
    it('that take long are overtaken by quick ones, and each gets its own answer', async () => {
      await using client = await connect(plain({ auth: server().user(7) }));
      const text = 'lorem ipsum dolor sit amet '.repeat(2000);
      await client.append(
        'INBOX',
        Array.from({ length: 20 }, (_, index) => ({
          content: letter(`long ${index + 1}`, `${text}${index === 6 ? 'needle' : ''}\r\n`),
        })),
      );
      const inbox = await client.open('INBOX');
      for (let count = 20; count < 600; count *= 2) await inbox.copy(`1:${count}`, 'INBOX');
      const found = await Promise.all([
        inbox.search({ body: 'needle' }),
        inbox.search({ uid: 2 }),
        inbox.search({ subject: 'long 3' }),
        inbox.search({ uid: [] }),
      ]);
      expect(found[0]).toContain(7);
      expect(found[0]).toHaveLength(32);
      expect(found[1]).toEqual([2]);
      expect(found[2]).toContain(3);
      expect(found[3]).toEqual([]);
    });
  });
});

function passwordOf(auth: Auth): string {
  return 'pass' in auth ? auth.pass : '';
}

function tokenOf(auth: Auth): string {
  return 'accessToken' in auth ? auth.accessToken : '';
}

function wrongOf(auth: Auth): Auth | undefined {
  if ('pass' in auth) return { ...auth, pass: 'completely wrong' };
  if ('accessToken' in auth) return { ...auth, accessToken: `${auth.accessToken.slice(0, -8)}AAAAAAAA` };
  return undefined;
}
