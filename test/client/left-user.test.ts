/** What takes several commands, where its user is left between two of them: no later one is carried out for the next user. */
import { describe, expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox, type SyncState } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';
import { collect } from '../server/operations/target.ts';

const CONTENT = 'From: a@b.example\r\nSubject: Re: c\r\nContent-Type: text/html\r\n\r\n<p>d</p>\r\n';
const MESSAGE = { content: CONTENT };
const FLAGS = [[], ['\\Deleted'], ['\\Seen'], ['\\Deleted'], []];

const SERVERS: [what: string, capabilities: string[]][] = [
  ['little', []],
  [
    'more',
    ['ACL', 'CONDSTORE', 'ENABLE', 'ESEARCH', 'METADATA', 'QRESYNC', 'QUOTA', 'QUOTASET', 'UIDPLUS', 'UNSELECT'],
  ],
  ['a limited number of messages', ['MESSAGELIMIT=2', 'MOVE', 'UIDPLUS']],
];

type Call = (client: ImapClient, mailbox: Mailbox) => Promise<unknown>;

const CALLS: [name: string, call: Call, selected?: string][] = [
  ['append', (client) => client.append('A', [MESSAGE, MESSAGE, MESSAGE])],
  ['delete', (client) => client.delete('A')],
  ['enable', (client) => client.enable(['CONDSTORE'])],
  ['list', (client) => client.list({ status: ['messages'], myRights: true, subscribed: true, recursiveMatch: true })],
  ['open', (client) => client.open('C')],
  ['quota.set', (client) => client.quota.set('', { STORAGE: 5 })],
  ['rename', (client) => client.rename('A', 'D')],
  ['searchMailboxes', (client) => client.searchMailboxes({ deleted: true }, { subtree: 'A' })],
  ['status', (client) => client.status('A', ['messages'])],
  ['addFlags', (_, mailbox) => mailbox.addFlags({ seq: '1:9' }, ['\\Flagged'])],
  ['close', (_, mailbox) => mailbox.close()],
  ['content', (_, mailbox) => mailbox.content(1)],
  ['copy', (_, mailbox) => mailbox.copy({ seq: '1:9' }, 'C')],
  ['deleteMessages', (_, mailbox) => mailbox.deleteMessages('1:2')],
  ['download', async (_, mailbox) => (await mailbox.download(1, '1')).content.text()],
  ['expunge', (_, mailbox) => mailbox.expunge()],
  ['expunge of some', (_, mailbox) => mailbox.expunge('1:2')],
  ['fetch in batches', (_, mailbox) => collect(mailbox.fetch('1:*', { flags: true }, { batch: 2 }))],
  ['fetchAll', (_, mailbox) => mailbox.fetchAll({ seq: '2:9' }, { flags: true })],
  ['move', (_, mailbox) => mailbox.move('1:3', 'C')],
  ['replace', (_, mailbox) => mailbox.replace(1, MESSAGE)],
  ['search', (_, mailbox) => mailbox.search({ seq: '1:9' })],
  ['searchReturn', (_, mailbox) => mailbox.searchReturn({}, { min: true, partial: '1:2' })],
  ['sort', (_, mailbox) => mailbox.sort(['subject', 'arrival'], {})],
  ['sync', (_, mailbox) => mailbox.sync()],
  ['sync of what is selected', (_, mailbox) => mailbox.sync(before(mailbox))],
  ['sync of what is not', (_, mailbox) => mailbox.sync(before(mailbox)), 'C'],
  ['thread', (_, mailbox) => mailbox.thread('REFERENCES', {})],
  ['uidBatches', (_, mailbox) => mailbox.uidBatches(2)],
  ['unselect', (_, mailbox) => mailbox.unselect()],
];

function before({ uidValidity }: Mailbox): SyncState {
  return { uidValidity, uidNext: 6, highestModseq: '1', uids: '1:5' };
}

/** All that is sent where the user is left behind so many answers to a call; `done`: the call was over before. */
async function leaving(
  capabilities: string[],
  call: Call,
  selected: string | undefined,
  answers: number,
): Promise<{ sent: string[]; done: boolean }> {
  await using server = await createServer({
    users: { admin: 'pass', ann: 'pass' },
    administrators: ['admin'],
    capabilities: ['IMAP4rev1', 'LITERAL+', ...capabilities],
    // Without its QUOTA.
    intercept: ({ name }) => (name === 'SETQUOTA' ? 'OK done' : undefined),
  });
  for (const user of ['admin', 'ann'])
    for (const name of ['A', 'A/B', 'C'])
      server.store
        .account(user)
        .create(name)
        .deliverAll(FLAGS.map((flags) => ({ raw: CONTENT, flags })));
  const sent: string[] = [];
  let left: Promise<void> | undefined;
  let due = Number.POSITIVE_INFINITY;
  const leave = () => {
    left ??= client.proxyAuth('ann');
  };
  const { host, port } = server;
  const client: ImapClient = await connect({
    host,
    port,
    security: 'none',
    auth: { user: 'admin', pass: 'pass' },
    log: ({ direction, text }) => {
      if (direction === 'out') sent.push(text.replace(/^A\d+ /, ''));
      // Who called has not heard of the answer yet.
      else if (/^A\d+ OK/.test(text) && --due === 0) leave();
    },
  });
  const mailbox = await client.open('A');
  if (selected !== undefined) await client.open(selected);
  due = answers;
  const called = call(client, mailbox).catch(() => {});
  if (answers === 0) leave();
  await called;
  const done = left === undefined;
  leave();
  await left;
  // What waits is sent before the second one.
  await client.noop();
  await client.noop();
  client.close();
  return { sent, done };
}

describe.each(SERVERS)('on a server that offers %s', (_, capabilities) => {
  it.concurrent.each(CALLS)('%s', async (_name, call, selected) => {
    for (let answers = 0, over = false; !over; answers++) {
      const { sent, done } = await leaving(capabilities, call, selected, answers);
      expect(sent.slice(sent.indexOf('PROXYAUTH "ann"')), sent.join('\n')).toEqual(['PROXYAUTH "ann"', 'NOOP', 'NOOP']);
      over = done;
    }
  });
});
