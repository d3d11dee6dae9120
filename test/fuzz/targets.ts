/** What the fuzzer feeds: each throws where the library did what it must not. */

import { Duplex } from 'node:stream';
import { connect, type ImapClient, ImapError, type Mailbox, ProtocolError } from '../../src/index.ts';
import { readResponses } from '../vectors/read.ts';

/** Framer and readers: nothing but a ProtocolError. */
export function readers(input: Buffer[]): void {
  try {
    readResponses(input);
  } catch (error) {
    const unfinished = error instanceof Error && error.message === 'The vector ends within a response';
    if (!unfinished && !(error instanceof ProtocolError)) throw error;
  }
}

const OPERATIONS: ((client: ImapClient, mailbox: Mailbox) => Promise<unknown>)[] = [
  (client) => client.noop(),
  (client) => client.list(),
  (client) => client.status('INBOX'),
  (client) => client.namespaces(),
  (client) => client.id(),
  (client) => client.command('X', [], { untagged: ['X', 'FETCH', 'LIST'] }),
  (client) => client.append('INBOX', { content: 'a: b\r\n\r\n' }),
  (_, mailbox) => mailbox.search({ seen: true }),
  (_, mailbox) => mailbox.fetchAll('1:*', { flags: true, envelope: true, bodyStructure: true, source: true }),
  (_, mailbox) => mailbox.fetchAll('1:5', { headers: true, parts: ['1'] }),
  (_, mailbox) => mailbox.addFlags('1:3', ['\\Seen']),
  (_, mailbox) => mailbox.copy('1:3', 'x'),
  (_, mailbox) => mailbox.move('1:3', 'x'),
  (_, mailbox) => mailbox.expunge(),
  async (_, mailbox) => (await mailbox.download(1)).content.bytes(),
];

/** A whole session, with operations of every kind under way: each settles, and rejects with the library's own errors. */
export async function session(input: Buffer[]): Promise<void> {
  let tag = 'A0';
  const stream: Duplex = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _, done) => {
      for (const [, next = '', name = ''] of chunk.toString('latin1').matchAll(/(?:^|\r\n)(A\d+) (\w+)/g)) {
        tag = next;
        if (name === 'SELECT') stream.push(`* 5 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n${tag} OK [READ-WRITE] x\r\n`);
      }
      done();
    },
  });
  stream.push('* PREAUTH [CAPABILITY IMAP4rev1 ID NAMESPACE ESEARCH UIDPLUS MOVE LITERAL+ CONDSTORE] x\r\n');
  const client = await connect({ host: 'localhost', security: 'none', clientId: false, socket: () => stream });
  const mailbox = await client.open('INBOX');
  const work = OPERATIONS.map((operation) => operation(client, mailbox));
  const outcomes = Promise.allSettled(work);
  await new Promise((resolve) => setImmediate(resolve));
  for (const chunk of input) if (client.state !== 'closed') stream.push(chunk);
  const last = Number(tag.substring(1));
  await new Promise((resolve) => setImmediate(resolve));
  for (let number = 1; number <= last && client.state !== 'closed'; number++) stream.push(`A${number} OK done\r\n`);
  await new Promise((resolve) => setImmediate(resolve));
  client.close();
  for (const outcome of await outcomes) {
    if (outcome.status === 'fulfilled') continue;
    const error: unknown = outcome.reason;
    if (!(error instanceof ImapError) || error.code === 'INTERNAL') throw error;
  }
}
