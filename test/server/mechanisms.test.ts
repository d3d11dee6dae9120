/** Every mechanism that Cyrus, Courier and GNU Mailutils offer and that the library speaks; Dovecot's are in dovecot-connect.test.ts. */
import { describe, expect, it } from 'vitest';
import { AuthenticationError, type ConnectOptions, connect } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { rejection } from './operations/target.ts';
import type { RealServer, ServerName } from './start/index.ts';

const MECHANISMS = {
  cyrus: ['LOGIN', 'PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256', 'SCRAM-SHA-512'],
  courier: ['LOGIN', 'PLAIN', 'CRAM-MD5'],
  mailutils: ['LOGIN', 'PLAIN', 'CRAM-MD5', 'SCRAM-SHA-1', 'SCRAM-SHA-256'],
} as const;

function describeMechanisms(name: keyof typeof MECHANISMS & ServerName): void {
  describeServer(name, (running: () => RealServer) => {
    const plain = (): ConnectOptions => ({ host: running().host, port: running().port, security: 'none' });

    describe('mechanisms', () => {
      it.each(MECHANISMS[name])('%s: taken, a wrong password refused', async (mechanism) => {
        const { user, pass } = running().user(1);
        await using client = await connect({ ...plain(), auth: { user, pass, mechanism } });
        expect(client.state).toBe('authenticated');
        await client.open('INBOX');
        const wrong = rejection(connect({ ...plain(), auth: { user, pass: `${pass}x`, mechanism } }));
        expect(await wrong).toBeInstanceOf(AuthenticationError);
      });

      it.runIf(name !== 'mailutils')('EXTERNAL: the account of a certificate', async () => {
        const { host, tlsPort: port, ca, clientCert, user } = running();
        const options: ConnectOptions = { host, port, security: 'tls', tls: { ca, ...clientCert } };
        await using client = await connect({ ...options, auth: { mechanism: 'EXTERNAL' } });
        const mailbox = await client.open('INBOX');
        await client.append('INBOX', { content: 'Subject: of the certificate\r\n\r\n' });
        await using same = await connect({ ...plain(), auth: user(1) });
        expect(await same.open('INBOX')).toMatchObject({ exists: 1, uidValidity: mailbox.uidValidity });
      });

      // Courier offers no such thing, and Cyrus takes a guest only to end: `* BYE Fatal error: Internal error: assertion failed`.
      it.runIf(name === 'mailutils')('ANONYMOUS: taken where there are guests', async () => {
        const auth = { mechanism: 'ANONYMOUS', user: 'guest@example.org' } as const;
        await using client = await connect({ ...plain(), auth });
        expect(client.state).toBe('authenticated');
      });

      it('the best one, after STARTTLS and over TLS', async () => {
        const { host, port, tlsPort, ca, user } = running();
        for (const way of [
          { port, security: 'starttls' },
          { port: tlsPort, security: 'tls' },
        ] as const) {
          await using client = await connect({ host, ...way, tls: { ca }, auth: user(2) });
          expect(client.secure).toBe(true);
          await client.open('INBOX');
        }
      });
    });
  });
}

describeMechanisms('cyrus');
describeMechanisms('courier');
describeMechanisms('mailutils');
