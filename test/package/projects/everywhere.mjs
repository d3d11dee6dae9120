// What differs most from one runtime to another: TLS, streams, compression, cryptography, timers, disposal, and the end of the process.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { connect, createPool } from 'imapwire';
import { createServer } from 'imapwire/testing';

const { ca, cert, key } = JSON.parse(process.env.CERTIFICATES ?? '{}');
const auth = { user: 'anna', pass: 'secret' };
const LARGE = 300_000;

const server = await createServer({ users: { anna: 'secret' }, tls: { cert, key } });
const { store } = server;
store.create('Archive');
store.deliver('INBOX', 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\n1\n');

const secure = { host: 'localhost', port: server.tlsPort, security: 'tls', tls: { ca }, auth };
const upgraded = { host: 'localhost', port: server.port, security: 'starttls', tls: { ca }, auth };
const open = { host: server.host, port: server.port, security: 'none', auth };

/** @type {Record<string, () => Promise<unknown>>} */
const checks = {
  async tls() {
    const client = await connect(secure);
    const inbox = await client.open('INBOX');
    assert.equal((await inbox.fetchOne(1, { envelope: true })).envelope.subject, 'Grüße');
    await client.logout();
  },
  async 'an authority that is not known'() {
    await assert.rejects(connect({ ...secure, tls: {} }), { name: 'ConnectionError' });
  },
  async starttls() {
    const client = await connect(upgraded);
    assert.equal(client.secure, true);
    assert.deepEqual(await (await client.open('INBOX')).search({ all: true }), [1]);
    await client.logout();
  },
  async 'a refused password'() {
    await assert.rejects(connect({ ...open, auth: { user: 'anna', pass: 'guessed' } }), {
      name: 'AuthenticationError',
    });
  },
  async mechanisms() {
    for (const mechanism of ['CRAM-MD5', 'PLAIN'])
      await (await connect({ ...upgraded, auth: { ...auth, mechanism } })).logout();
  },
  async 'a stream appended and downloaded'() {
    const client = await connect(open);
    const lines = Buffer.from('0123456789abcdef\r\n'.repeat(LARGE / 18));
    const message = Buffer.concat([Buffer.from('Subject: Large\r\n\r\n'), lines]);
    const stream = Readable.from([message.subarray(0, 1000), message.subarray(1000)]);
    const { uid } = await client.append('Archive', { content: { size: message.length, stream } });
    const archive = await client.open('Archive');
    const pieces = [];
    for await (const piece of (await archive.download(uid)).content) pieces.push(piece);
    assert.ok(Buffer.concat(pieces).equals(message));
    await client.logout();
  },
  async compress() {
    const said = [];
    const capabilities = ['IMAP4rev1', 'COMPRESS=DEFLATE'];
    const compressing = await createServer({ capabilities, log: ({ text }) => said.push(text) });
    compressing.store.deliver('INBOX', `Subject: Large\n\n${'compressed\n'.repeat(LARGE)}`);
    const { host, port } = compressing;
    const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
    assert.ok(said.some((text) => text.includes('COMPRESS DEFLATE')));
    const inbox = await client.open('INBOX');
    assert.ok((await inbox.fetchOne(1, { source: true })).source.length > 12 * LARGE);
    await client.logout();
    await compressing.close();
  },
  async watch() {
    const client = await connect(open);
    const inbox = await client.open('INBOX');
    const told = inbox.watch()[Symbol.asyncIterator]().next();
    const uid = store.deliver('INBOX', 'Subject: New\n\n2\n');
    const { messages } = (await told).value;
    assert.deepEqual(
      messages.map((message) => message.uid),
      [uid],
    );
    await client.logout();
  },
  async 'an abort and a timeout'() {
    const client = await connect(open);
    const inbox = await client.open('INBOX');
    const abort = new AbortController();
    const aborted = inbox.search({ all: true }, { signal: abort.signal });
    abort.abort();
    await assert.rejects(aborted, { name: 'AbortError' });
    assert.equal((await inbox.search({ all: true })).length, 2);
    client.close();
  },
  async reconnect() {
    const client = await connect({ ...secure, reconnect: { minDelay: 1, maxDelay: 10 } });
    const inbox = await client.open('INBOX');
    const again = new Promise((resolve) => client.on('reconnected', resolve));
    server.dropConnections();
    assert.deepEqual(await inbox.search({ all: true }), [1, 2]);
    assert.equal((await again).attempts, 1);
    await client.logout();
  },
  async pool() {
    const pool = createPool({ ...secure, max: 3 });
    const counts = await Promise.all(
      Array.from({ length: 9 }, () =>
        pool.withMailbox('INBOX', async (inbox) => (await inbox.search({ all: true })).length),
      ),
    );
    assert.deepEqual(counts, Array(9).fill(2));
    await pool[Symbol.asyncDispose]();
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
  } catch (error) {
    throw new Error(`${name}: ${error}`, { cause: error });
  }
}
await server.close();
console.log(Object.keys(checks).length, 'right');
