/** Many mailboxes may be asked of at once: which one was refused is told where the server does not say. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';

let server: ImapServer;
let client: ImapClient;
let inbox: Mailbox;
let answer: string | undefined;

beforeAll(async () => {
  server = await createServer({ intercept: () => answer });
  const { host, port } = server;
  client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
  server.store.create('Lists/Über');
  server.store.deliver('INBOX', 'Subject: Hello\n\nHello\n');
  inbox = await client.open('INBOX');
});
afterAll(async () => {
  answer = undefined;
  await client.logout();
  await server.close();
});

/** What Cyrus and Courier say, without a name. */
const NAMELESS = 'NO Mailbox does not exist';
const calls: Record<string, () => Promise<unknown>> = {
  SELECT: () => client.open('Lists/Über'),
  EXAMINE: () => client.open('Lists/Über', { readOnly: true }),
  STATUS: () => client.status('Lists/Über'),
  CREATE: () => client.create('Lists/Über'),
  DELETE: () => client.delete('Lists/Über'),
  SUBSCRIBE: () => client.subscribe('Lists/Über'),
  UNSUBSCRIBE: () => client.unsubscribe('Lists/Über'),
  APPEND: () => client.append('Lists/Über', { content: 'Subject: a\r\n\r\n' }),
  'UID COPY': () => inbox.copy(1, 'Lists/Über'),
  'UID MOVE': () => inbox.move(1, 'Lists/Über'),
  'UID REPLACE': () => inbox.replace(1, { content: 'Subject: a\r\n\r\n' }, { target: 'Lists/Über' }),
};

it.each(Object.entries(calls))('%s', async (command, call) => {
  await inbox.check();
  answer = NAMELESS;
  try {
    const message = `${command}: the server answered ${NAMELESS} (mailbox "Lists/Über")`;
    await expect(call()).rejects.toMatchObject({ name: 'CommandError', command, message });
    answer = 'NO Unknown Mailbox: Lists/Über';
    await expect(call()).rejects.toMatchObject({ message: `${command}: the server answered ${answer}` });
  } finally {
    answer = undefined;
  }
});

it('tells of several messages at once', async () => {
  const messages = [{ content: 'Subject: a\r\n\r\n' }, { content: 'Subject: b\r\n\r\n' }];
  await expect(client.append('Nowhere', messages)).rejects.toMatchObject({
    message: `APPEND: the server answered NO [TRYCREATE] Mailbox doesn't exist (mailbox "Nowhere")`,
  });
});
