import { connect } from 'node:net';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { expect, test } from 'vitest';
import { DEFAULT_CAPABILITIES } from '../../../src/testing/index.ts';
import { fill, login, start } from './servers.ts';

const capabilities = [...DEFAULT_CAPABILITIES, 'COMPRESS=DEFLATE'];

/** A client that has compressed: zlib's own, which shares nothing with the server's. */
async function compressed(port: number) {
  const socket = connect({ port, host: '127.0.0.1' });
  let text = '';
  let wake = () => {};
  const hear = (chunk: Buffer) => {
    text += chunk.toString('latin1');
    wake();
  };
  const until = async (end: RegExp) => {
    while (!end.test(text)) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const heard = text;
    text = '';
    return heard;
  };
  socket.on('data', hear);
  socket.on('close', () => hear(Buffer.from('closed')));
  socket.write('a LOGIN user pass\r\nb COMPRESS DEFLATE\r\n');
  await until(/^b OK.*\r\n/m);
  socket.removeAllListeners('data');
  const inflate = createInflateRaw({ finishFlush: constants.Z_SYNC_FLUSH });
  inflate.on('data', hear);
  socket.pipe(inflate, { end: false });
  const deflate = createDeflateRaw({ flush: constants.Z_SYNC_FLUSH });
  deflate.pipe(socket);
  return { send: (bytes: string) => deflate.write(bytes), until, socket };
}

test('both directions are deflated, large things too', async () => {
  const server = await start({ capabilities });
  fill(server, 3);
  const { send, until, socket } = await compressed(server.port);
  send('c SELECT INBOX\r\n');
  expect(await until(/^c OK.*\r\n/m)).toContain('* 3 EXISTS\r\n');
  const message = Array.from({ length: 100_000 }, (_, n) => `line ${(n * 7919) % 100_003}\r\n`).join('');
  send(`d APPEND INBOX {${message.length}+}\r\n${message}\r\ne FETCH 4 BODY[]\r\nf COMPRESS DEFLATE\r\n`);
  const heard = await until(/^f .*\r\n/m);
  expect(heard.includes(message)).toBe(true);
  expect(heard).toMatch(/^f NO \[COMPRESSIONACTIVE\]/m);
  send('g LOGOUT\r\n');
  expect(await until(/^g OK/m)).toContain('* BYE');
  socket.destroy();
});

test('what is no deflate ends the connection', async () => {
  const server = await start({ capabilities });
  const { until, socket } = await compressed(server.port);
  socket.write(Buffer.from([0x07, 0xff, 0xff, 0xff, 0xff]));
  await until(/closed/);
  await expect.poll(() => server.connections).toBe(0);
});

test('a client that goes in the middle leaves no trace', async () => {
  const server = await start({ capabilities });
  const { send, socket, until } = await compressed(server.port);
  send('c APPEND INBOX {1000+}\r\nabc');
  send('');
  socket.end();
  await until(/closed/);
  await expect.poll(() => server.connections).toBe(0);
});

test('is only there where it is asked for', async () => {
  const client = await login(await start());
  expect(await client.tagged('COMPRESS DEFLATE')).toBe('BAD Unknown command');
  const other = await login(await start({ capabilities }));
  expect(await other.tagged('COMPRESS LZW')).toBe('NO Only DEFLATE');
});
