/**
 * Several accounts at once; one that fails does not hold up the others. Run: npx tsx examples/several-accounts.ts
 * IMAP_URL may hold several URLs, with spaces between them.
 */
import { type ConnectOptions, connect, ImapError } from 'imapwire';
import { createServer, type ImapServer } from 'imapwire/testing';

interface Named {
  name: string;
  options: ConnectOptions | string;
}

const urls = process.env.IMAP_URL?.match(/\S+/g);
const users = { anna: 'secret', ben: 'hidden', carla: 'private' };
await using server = urls ? undefined : await createServer({ users, sampleMail: true });
const accounts = server
  ? sampleAccounts(server)
  : (urls ?? []).map((url) => ({ name: accountName(url), options: url }));

const results = await Promise.allSettled(accounts.map(({ options }) => look(options)));
for (const [index, result] of results.entries()) {
  const name = accounts[index]?.name ?? '';
  if (result.status === 'fulfilled') console.log(`${name}: ${result.value}`);
  else if (result.reason instanceof ImapError) console.log(`${name}: ${result.reason.name}, ${result.reason.message}`);
  else throw result.reason;
}

async function look(options: ConnectOptions | string): Promise<string> {
  await using client = await connect(options);
  const { messages, unseen } = await client.status('INBOX', ['messages', 'unseen']);
  return `${messages} messages, ${unseen} unread`;
}

/** The server's accounts, the last one with a wrong password. */
function sampleAccounts({ store, host, port }: ImapServer): Named[] {
  store.account('ben').deliver('INBOX', 'From: anna@example.org\nSubject: Hello\n\nHello Ben\n');
  return Object.entries({ ...users, carla: 'guess' }).map(([user, pass]) => ({
    name: user,
    options: { host, port, security: 'none', auth: { user, pass } },
  }));
}

/** For a person to read: without the password. */
function accountName(url: string): string {
  const { username, host } = new URL(url);
  return `${decodeURIComponent(username)} at ${host}`;
}
