// A program with a testing server of its own, in a project of ES modules.
import { connect } from 'imapwire';
import { createServer } from 'imapwire/testing';

const server = await createServer();
const { host, port, store } = server;
store.deliver('INBOX', 'Subject: Hello\n\n1\n');
const client = await connect({ host, port, security: 'none', auth: { user: 'user', pass: 'pass' } });
const inbox = await client.open('INBOX');
const message = await inbox.fetchOne(1, { envelope: true });
await inbox.addFlags(1, ['\\Flagged']);
await client.logout();
const kept = store.mailbox('INBOX').messages.map(({ uid, flags }) => `${uid} ${[...flags]}`);
console.log(`${message.envelope.subject} | ${kept}`);
await server.close();
