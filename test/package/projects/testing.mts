// A program with a testing server of its own, in a TypeScript project.
import { connect } from 'imapwire';
import { createServer, type ImapServer, type ServerOptions, type ServerStore } from 'imapwire/testing';

const options: ServerOptions = { users: { user: 'pass' }, log: ({ connection, text }) => `${connection} ${text}` };
const server: ImapServer = await createServer(options);
const { host, port } = server;
const store: ServerStore = server.store;
store.deliver('INBOX', 'Subject: Hello\n\n1\n');
const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
const inbox = await client.open('INBOX');
const message = await inbox.fetchOne(1, { envelope: true });
await inbox.addFlags(1, ['\\Flagged']);
await client.logout();
const kept = store.mailbox('INBOX').messages.map(({ uid, flags }) => `${uid} ${[...flags]}`);
console.log(`${message?.envelope.subject} | ${kept}`);
// @ts-expect-error Clients change flags, tests replace them.
store.mailbox('INBOX').messages[0]?.flags.add('x');
await server.close();
