/** SCRAM bound to its TLS connection: Cyrus takes it; GNU Mailutils offers it and refuses it. */
import { expect, it } from 'vitest';
import { AuthenticationError, type ConnectOptions, connect } from '../../src/index.ts';
import { describeServer } from './describe.ts';
import { rejection } from './operations/target.ts';
import type { RealServer } from './start/index.ts';

function optionsFor({ host, tlsPort, ca, user }: RealServer, version: 'TLSv1.2' | 'TLSv1.3'): ConnectOptions {
  return { host, port: tlsPort, tls: { ca, minVersion: version, maxVersion: version }, auth: user(1) };
}

/** Connects, and tells by which mechanism. */
async function mechanismOf(options: ConnectOptions): Promise<string | undefined> {
  const sent: string[] = [];
  const log: ConnectOptions['log'] = ({ direction, text }) => direction === 'out' && sent.push(text);
  await using client = await connect({ ...options, log });
  expect(client.state).toBe('authenticated');
  return sent.map((text) => /AUTHENTICATE (\S+)/.exec(text)?.[1]).find(Boolean);
}

describeServer('cyrus', (server) => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('binds over %s', async (version) => {
    const options = optionsFor(server(), version);
    expect(await mechanismOf(options)).toBe('SCRAM-SHA-512-PLUS');
    const user = server().user(1);
    expect(await mechanismOf({ ...options, auth: { ...user, channelBinding: true } })).toBe('SCRAM-SHA-512-PLUS');
    expect(await mechanismOf({ ...options, auth: { ...user, channelBinding: false } })).toBe('SCRAM-SHA-512');
    const wrong = await rejection(connect({ ...options, auth: { ...user, pass: 'wrong' } }));
    expect(wrong).toBeInstanceOf(AuthenticationError);
  });

  it('binds after STARTTLS', async () => {
    const { port } = server();
    const options: ConnectOptions = { ...optionsFor(server(), 'TLSv1.3'), port, security: 'starttls' };
    expect(await mechanismOf(options)).toBe('SCRAM-SHA-512-PLUS');
  });

  it('binds each connection anew, resumed ones too', async () => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      await using client = await connect({ ...optionsFor(server(), version), reconnect: { minDelay: 1 } });
      const back = new Promise((resolve) => client.on('reconnected', resolve));
      // Cyrus ends the connection for a command without a name.
      await client.command('LOGOUT').catch(() => {});
      await back;
      expect(client.state).toBe('authenticated');
    }
  });
});

describeServer('mailutils', (server) => {
  it('is not tried, unless it is asked for', async () => {
    const options = optionsFor(server(), 'TLSv1.3');
    expect(await mechanismOf(options)).toBe('SCRAM-SHA-256');
    const user = server().user(1);
    expect(await mechanismOf({ ...options, auth: { ...user, channelBinding: false } })).toBe('SCRAM-SHA-256');
    const error = await rejection(connect({ ...options, auth: { ...user, channelBinding: true } }));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.message).toContain('AUTHENTICATE SCRAM-SHA-256-PLUS');
    expect(error.message).toContain('`channelBinding`');
  });
});
