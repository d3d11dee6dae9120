/** COMPRESS=DEFLATE as a server plays it that answers in one segment, refuses, or sends what is no deflate stream. */
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { AUTHORITY, GOOD } from './certificates.ts';
import { type Peer, scripted } from './scripted.ts';

const READY = '* PREAUTH [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready';

/** Deflates what is sent; each text is flushed. */
function deflater(): (text: string) => Promise<Buffer> {
  const deflate = createDeflateRaw();
  return (text) =>
    new Promise((resolve) => {
      const chunks: Buffer[] = [];
      const onData = (chunk: Buffer) => chunks.push(chunk);
      deflate.on('data', onData);
      deflate.write(text, () =>
        deflate.flush(constants.Z_SYNC_FLUSH, () => {
          deflate.off('data', onData);
          resolve(Buffer.concat(chunks));
        }),
      );
    });
}

/** The lines that come deflated from here on. */
function inflatedLines({ socket }: Peer): () => Promise<string> {
  const inflate = createInflateRaw();
  let text = '';
  let wake = () => {};
  socket.removeAllListeners('data');
  socket.on('data', (chunk: Buffer) => inflate.write(chunk));
  inflate.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  });
  return async () => {
    while (!text.includes('\r\n')) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const end = text.indexOf('\r\n');
    const line = text.slice(0, end);
    text = text.slice(end + 2);
    return line;
  };
}

describe('COMPRESS', () => {
  it('deflates both directions, from the bytes behind its OK on', async () => {
    const lines: string[] = [];
    await using server = await scripted(async (peer) => {
      peer.send(READY);
      const { tag, text } = await peer.command();
      lines.push(text);
      const deflate = deflater();
      const next = inflatedLines(peer);
      // The answer and what is deflated already, in one segment.
      peer.socket.write(Buffer.concat([Buffer.from(`${tag} OK go\r\n`), await deflate('* OK [ALERT] hello\r\n')]));
      for (let count = 0; count < 2; count++) {
        const line = await next();
        lines.push(line.replace(/^\S+ /, ''));
        peer.socket.write(await deflate(`* NOTHING ${'x'.repeat(100_000)}\r\n${line.split(' ')[0]} OK done\r\n`));
      }
      const bye = await next();
      peer.socket.end(await deflate(`* BYE so long\r\n${bye.split(' ')[0]} OK gone\r\n`));
    });
    const client = await connect(server.options);
    const unknown: number[] = [];
    client.on('unknown', ({ text }) => unknown.push(text.length));
    await Promise.all([client.noop(), client.noop()]);
    await client.logout();
    expect(lines).toEqual(['COMPRESS DEFLATE', 'NOOP', 'NOOP']);
    expect(unknown).toEqual([100_010, 100_010]);
    expect(client.state).toBe('closed');
  });

  it.each(['NO [COMPRESSIONACTIVE] it is', 'BAD what'])('is done without where the server says %s', async (refusal) => {
    await using server = await scripted(async (peer) => {
      peer.send(READY);
      const { tag } = await peer.command();
      peer.send(`${tag} ${refusal}`);
      await peer.expect('NOOP');
    });
    const client = await connect(server.options);
    await client.noop();
    client.close();
    expect(server.peers[0]?.received.map((line) => line.replace(/^\S+ /, ''))).toEqual(['COMPRESS DEFLATE', 'NOOP']);
  });

  it('is not asked for where it is not wanted, not offered, or nobody is authenticated', async () => {
    const cases: [greeting: string, compress: boolean][] = [
      [READY, false],
      ['* PREAUTH [CAPABILITY IMAP4rev1] ready', true],
      ['* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] ready', true],
    ];
    for (const [greeting, compress] of cases) {
      await using server = await scripted(async (peer) => {
        peer.send(greeting);
        await peer.expect('NOOP');
      });
      const client = await connect({ ...server.options, compress });
      await client.noop();
      client.close();
      expect(server.peers[0]?.received).toHaveLength(1);
    }
  });

  it.each(['tls', 'starttls'] as const)('deflates within TLS, by %s', async (security) => {
    const capabilities = ['IMAP4rev1', 'STARTTLS', 'AUTH=PLAIN', 'COMPRESS=DEFLATE'];
    await using server = await createServer({ tls: GOOD, users: { joe: 'secret' }, capabilities });
    const port = security === 'tls' ? server.tlsPort : server.port;
    const options = { host: server.host, port: port ?? 0, security, tls: { ca: AUTHORITY } };
    const lines: string[] = [];
    const log = ({ text }: { text: string }) => lines.push(text);
    await using client = await connect({ ...options, auth: { user: 'joe', pass: 'secret' }, log });
    await client.noop();
    expect(client.secure).toBe(true);
    expect(lines.filter((line) => line.includes('COMPRESS DEFLATE'))).toHaveLength(1);
  });

  it('ends the connection where what follows is not deflated', async () => {
    await using server = await scripted(async (peer) => {
      peer.send(READY);
      const { tag } = await peer.command();
      peer.send(`${tag} OK go`);
      const next = inflatedLines(peer);
      await next();
      peer.send('* OK in the clear');
      await peer.gone();
    });
    const client = await connect(server.options);
    const closed = new Promise((resolve) => client.on('close', resolve));
    await expect(client.noop()).rejects.toMatchObject({ message: expect.stringContaining('could not be inflated') });
    expect(await closed).toMatchObject({ error: { name: 'ProtocolError', code: 'COMPRESSION' } });
  });
});
