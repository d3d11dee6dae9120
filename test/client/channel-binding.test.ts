/** SCRAM bound to its TLS connection, against servers that are what a test makes of them. */
import { TLSSocket } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { type Auth, AuthenticationError, connect } from '../../src/index.ts';
import { rejection } from '../server/operations/target.ts';
import { ScramServer } from '../unit/auth/scram-server.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { CREDENTIALS, type Peer, type Scripted, scripted } from './scripted.ts';

const PLUS = 'AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN';

interface Seen {
  mechanism: string;
  gs2: string;
}

/** What the server's end of the connection is bound to. */
function bindingOf(socket: TLSSocket, gs2: string): Buffer {
  if (gs2.startsWith('p=tls-exporter'))
    return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  if (gs2.startsWith('p=tls-unique'))
    return (socket.isSessionReused() ? socket.getFinished() : socket.getPeerFinished()) ?? Buffer.alloc(0);
  return Buffer.alloc(0);
}

/** Greets, offers these mechanisms, and lets in who proves the password on this very connection. */
function server(seen: Seen[], offered: string, more: { greeting?: string; stranger?: boolean } = {}) {
  return async (peer: Peer) => {
    peer.send(`* OK [CAPABILITY IMAP4rev1 SASL-IR ${offered}] ${more.greeting ?? 'ready'}`);
    const { tag, text } = await peer.command();
    const [, mechanism = '', initial = ''] = text.split(' ');
    const scram = new ScramServer({ hash: 'sha256', pass: CREDENTIALS.pass });
    const first = scram.first(Buffer.from(initial, 'base64'));
    seen.push({ mechanism, gs2: scram.gs2 });
    peer.send(`+ ${Buffer.from(first).toString('base64')}`);
    const proof = Buffer.from((await peer.line()) ?? '', 'base64');
    const binding = bindingOf(peer.socket as TLSSocket, scram.gs2); // a TLS server hands out nothing else
    if (more.stranger) binding.reverse();
    const final = scram.final(proof, binding);
    peer.send(`+ ${Buffer.from(final).toString('base64')}`);
    await peer.line();
    if (!final.startsWith('v=')) return peer.send(`${tag} NO denied`);
    peer.send(`${tag} OK [CAPABILITY IMAP4rev1] in`);
    while (!peer.closed) await peer.expect('').catch(() => {});
  };
}

const tls = (maxVersion: 'TLSv1.2' | 'TLSv1.3') => ({ ca: AUTHORITY, maxVersion });

function signIn(to: Scripted, auth: Partial<Auth> = {}, version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3') {
  return connect({ ...to.options, tls: tls(version), auth: { ...CREDENTIALS, ...auth } as Auth }); // Partial of a union
}

describe('channel binding', () => {
  it.each([
    ['TLSv1.3', 'ready', 'p=tls-exporter,,'],
    ['TLSv1.2', 'ready', 'p=tls-unique,,'],
    ['TLSv1.3', 'mail.example.com Cyrus IMAP 3.6.1 server ready', 'p=tls-unique,,'],
  ] as const)('%s, %s: %s', async (version, greeting, gs2) => {
    const seen: Seen[] = [];
    await using to = await scripted(server(seen, PLUS, { greeting }), GOOD);
    await using client = await signIn(to, {}, version);
    expect(client.state).toBe('authenticated');
    expect(seen).toEqual([{ mechanism: 'SCRAM-SHA-256-PLUS', gs2 }]);
  });

  it.each(['TLSv1.3', 'TLSv1.2'] as const)(
    'binds to nothing where a Finished message is made up, as on Deno (%s)',
    async (version) => {
      const finished = vi.spyOn(TLSSocket.prototype, 'getFinished').mockReturnValue(Buffer.alloc(32, 1));
      const { exportKeyingMaterial } = TLSSocket.prototype;
      Reflect.deleteProperty(TLSSocket.prototype, 'exportKeyingMaterial');
      try {
        const seen: Seen[] = [];
        await using to = await scripted(server(seen, PLUS), GOOD);
        await using client = await signIn(to, {}, version);
        expect(client.state).toBe('authenticated');
        expect(seen).toEqual([{ mechanism: 'SCRAM-SHA-256', gs2: 'n,,' }]);
      } finally {
        TLSSocket.prototype.exportKeyingMaterial = exportKeyingMaterial;
        finished.mockRestore();
      }
    },
  );

  it('binds to nothing with Cyrus where the Finished message is not told, as on Bun over TLS 1.3', async () => {
    const finished = vi.spyOn(TLSSocket.prototype, 'getFinished').mockReturnValue(undefined);
    try {
      const seen: Seen[] = [];
      await using to = await scripted(
        server(seen, PLUS, { greeting: 'mail.example.com Cyrus IMAP 3.6.1 server ready' }),
        GOOD,
      );
      await using client = await signIn(to);
      expect(client.state).toBe('authenticated');
      expect(seen).toEqual([{ mechanism: 'SCRAM-SHA-256', gs2: 'n,,' }]);
    } finally {
      finished.mockRestore();
    }
  });

  it('binds a resumed session of TLS 1.2 to the server’s Finished', async () => {
    const seen: Seen[] = [];
    await using to = await scripted(server(seen, PLUS), GOOD);
    const reconnect = { minDelay: 1 };
    await using client = await connect({
      ...to.options,
      ...{ tls: tls('TLSv1.2'), auth: CREDENTIALS, reconnect },
    });
    const back = new Promise((resolve) => client.on('reconnected', resolve));
    to.peers[0]?.socket.destroy();
    await back;
    const socket = to.peers[1]?.socket as TLSSocket; // as above
    expect(socket.isSessionReused()).toBe(true);
    expect(seen.map(({ gs2 }) => gs2)).toEqual(['p=tls-unique,,', 'p=tls-unique,,']);
  });

  it('says that it could, where the offer may have been taken away', async () => {
    const seen: Seen[] = [];
    await using to = await scripted(server(seen, 'AUTH=SCRAM-SHA-256'), GOOD);
    await using client = await signIn(to);
    expect(client.state).toBe('authenticated');
    expect(seen).toEqual([{ mechanism: 'SCRAM-SHA-256', gs2: 'y,,' }]);
  });

  it('finds out who only passes the exchange on, and falls back to nothing', async () => {
    const seen: Seen[] = [];
    await using to = await scripted(server(seen, PLUS, { stranger: true }), GOOD);
    const error = await rejection(signIn(to));
    expect(error).toBeInstanceOf(AuthenticationError);
    expect(error.message).toContain('channel-bindings-dont-match');
    expect(error.message).toContain('Where the password is right,');
    expect(error.message).toContain('`channelBinding` in auth');
    expect(seen).toHaveLength(1);
  });

  it('can be left out, or demanded', async () => {
    const seen: Seen[] = [];
    await using to = await scripted(server(seen, PLUS), GOOD);
    await using client = await signIn(to, { channelBinding: false });
    await using other = await signIn(to, { channelBinding: 'tls-unique' });
    expect([client.state, other.state]).toEqual(['authenticated', 'authenticated']);
    expect(seen.map(({ gs2 }) => gs2)).toEqual(['n,,', 'p=tls-unique,,']);
    await using without = await scripted(server(seen, 'AUTH=SCRAM-SHA-256 AUTH=PLAIN'), GOOD);
    const error = await rejection(signIn(without, { channelBinding: true }));
    expect(error).toMatchObject({ code: 'NO_MECHANISM' });
    expect(seen).toHaveLength(2);
  });
});
