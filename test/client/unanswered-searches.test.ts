/** A SEARCH that is answered by OK alone: of a server that leaves out an empty answer, or of an answer that was lost. */
import type { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { connect, type Mailbox } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { lineByLine } from './line-by-line.ts';

const SEARCH = /^\* (?:SEARCH|ESEARCH)\b/;

/** A stream to the server that loses these responses. */
function losing(port: number, lost: RegExp): Duplex {
  return lineByLine(port, (line, push) => {
    if (!lost.test(line)) push(line);
  });
}

/** UIDs 1 and 2; 3 and 4, marked; what is left of them, and what of them is in another mailbox, behind this work. */
async function left(withoutCapabilities: string[], work: (inbox: Mailbox) => Promise<unknown>, lost = SEARCH) {
  await using server = await createServer({ withoutCapabilities, greeting: 'PREAUTH ready' });
  for (const flags of [[], [], ['\\Deleted'], ['\\Deleted']]) server.store.deliver('INBOX', '\r\n', { flags });
  server.store.create('other');
  await using client = await connect({ host: server.host, security: 'none', socket: () => losing(server.port, lost) });
  const result = await work(await client.open('INBOX'));
  const [inbox, other] = ['INBOX', 'other'].map((name) => server.store.mailbox(name).messages.map(({ uid }) => uid));
  return { result, inbox, other };
}

it.each([[['MOVE']], [['MOVE', 'UIDPLUS']]])('moves without %s all the same', async (without) => {
  expect(await left(without, (inbox) => inbox.move([1, 3], 'other'))).toMatchObject({ inbox: [2, 4], other: [1, 2] });
  expect(await left(without, (inbox) => inbox.move([7], 'other'))).toMatchObject({ inbox: [1, 2, 3, 4], other: [] });
});

it('removes without UIDPLUS what it was given, and nothing else', async () => {
  const deleted = await left(['UIDPLUS'], (inbox) => inbox.deleteMessages({ seq: '1:2' }));
  expect(deleted).toMatchObject({ result: { expunged: 2 }, inbox: [3, 4] });
  const expunged = await left(['UIDPLUS'], (inbox) => inbox.expunge([1, 3]));
  expect(expunged).toMatchObject({ result: { expunged: 1 }, inbox: [1, 2, 4] });
});

it('tells how many it has removed, though not which, where UID EXPUNGE went out with the SEARCH', async () => {
  const deleted = await left([], (inbox) => inbox.deleteMessages([1, 3]));
  expect(deleted).toEqual({ result: { expunged: 2 }, inbox: [2, 4], other: [] });
  const expunged = await left([], (inbox) => inbox.expunge([1, 3]));
  expect(expunged).toEqual({ result: { expunged: 1 }, inbox: [1, 2, 4], other: [] });
  const none = await left([], (inbox) => inbox.expunge([1, 2]));
  expect(none).toMatchObject({ result: { expunged: 0 }, inbox: [1, 2, 3, 4] });
});

it('removes nothing where the server does not tell, by FETCH either, what else an EXPUNGE would take', async () => {
  const lost = /^\* (?:E?SEARCH .*3:4\r\n|\d+ FETCH )/;
  const work = (inbox: Mailbox) => inbox.deleteMessages([1]);
  expect(await left(['UIDPLUS'], work, lost)).toMatchObject({ result: { expunged: 0 }, inbox: [1, 2, 3, 4] });
});

it('replaces without REPLACE a message that is there', async () => {
  const replaced = await left(['REPLACE'], (inbox) => inbox.replace(1, { content: 'Subject: new\r\n\r\n' }));
  expect(replaced).toMatchObject({ inbox: [2, 3, 4, 5] });
});
