import { expect, it } from 'vitest';
import { connect, type LogEntry } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';

it('of which a part was cut off costs time in proportion to its length, whatever its bytes', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const header = 'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n';
  store.deliver('INBOX', Buffer.concat([Buffer.from(header), Buffer.alloc(400_000, 0xff), Buffer.from('xx')]));
  store.deliver('INBOX', `${header}aé`);
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const started = performance.now();
  const content = await inbox.content(1, { maxBytes: 400_001 });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(content).toMatchObject({ text: `${'\ufffd'.repeat(400_000)}x`, truncated: true });
  expect(await inbox.content(2, { maxBytes: 2 })).toMatchObject({ text: 'a', truncated: true });
  await client.logout();
});

it('of more bodies than one command line has room for is read by several', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const numbers = Array.from({ length: 3000 }, (_, index) => `${index}`);
  const parts = numbers.map((number) => `--b\r\n\r\n${number}\r\n`).join('');
  store.deliver('INBOX', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`);
  let longest = 0;
  const log = ({ direction, text }: LogEntry) => {
    if (direction === 'out') longest = Math.max(longest, text.length);
  };
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' }, log });
  const inbox = await client.open('INBOX');
  expect((await inbox.content(1))?.text).toBe(numbers.join('\r\n'));
  expect(longest).toBeLessThan(8192);
  await client.logout();
});

it('is read by the charset that the html names where the part names none, and as UTF-8 where it is that', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const page = (type: string, meta: string, hex: string) =>
    Buffer.concat([Buffer.from(`Content-Type: ${type}\r\n\r\n<html><head>${meta}</head>`), Buffer.from(hex, 'hex')]);
  const russian = 'cff0e8e2e5f2';
  const meta = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">';
  const messages: [Buffer, string][] = [
    [page('text/html', meta, russian), 'Привет'],
    [page('text/html; charset=us-ascii', meta, russian), 'Привет'],
    [page('text/html', "<META name=a><META CHARSET='Windows-1251'>", russian), 'Привет'],
    [page('text/html', '<meta charset=iso-2022-jp>', '1b24422422 1b2842'.replace(' ', '')), 'あ'],
    [page('text/html', meta, 'c3a9'), 'é'],
    [page('text/html', meta, 'c3a9efbfbd'), 'é\ufffd'],
    [page('text/html; charset=iso-8859-1', meta, 'e9'), 'é'],
    [page('text/html', '<meta charset=utf-16>', 'e9'), 'é'],
    [page('text/html', '<meta charset="', 'e9'), 'é'],
    [page('text/plain', meta, 'e9'), 'é'],
  ];
  for (const [raw] of messages) store.deliver('INBOX', raw);
  const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  for (const [index, [, end]] of messages.entries()) {
    const { text, html } = (await inbox.content(index + 1)) ?? {};
    expect((html ?? text)?.replace(/.*<\/head>/s, '')).toBe(end);
  }
  await client.logout();
});

it('of which all bytes were asked for keeps its last ones, and of which fewer were ends before what they cut', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const header = (encoding: string) =>
    `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  store.deliver('INBOX', `${header('quoted-printable')}a=4`);
  store.deliver('INBOX', `${header('8bit')}a\ufffd`);
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const text = async (uid: number, length?: number) => {
    const partial = length === undefined ? {} : { partial: { offset: 0, length } };
    return (await inbox.download(uid, '1', partial)).content.text();
  };
  expect([await text(1), await text(1, 3), await text(1, 99), await text(1, 2)]).toEqual(['a=4', 'a=4', 'a=4', 'a']);
  expect([await text(2), await text(2, 4), await text(2, 3)]).toEqual(['a\ufffd', 'a\ufffd', 'a']);
});

it('is truncated where a byte is missing, whatever comes behind it', async () => {
  await using server = await createServer();
  const { host, port, store } = server;
  const parts = ['text', ''].map((text) => `--b\r\n\r\n${text}\r\n`).join('');
  store.deliver('INBOX', `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`);
  await using client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  const inbox = await client.open('INBOX');
  const truncated = async (maxBytes: number) => (await inbox.content(1, { maxBytes }))?.truncated;
  expect([await truncated(0), await truncated(3), await truncated(4)]).toEqual([true, true, false]);
});
