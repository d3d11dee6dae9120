// The types as a CommonJS module of TypeScript sees them: compiled, never run.
import imapwire = require('imapwire');
import testing = require('imapwire/testing');

export async function newest(options: imapwire.ConnectOptions): Promise<string | undefined> {
  const client = await imapwire.connect(options);
  const inbox: imapwire.Mailbox = await client.open('INBOX');
  const message = await inbox.fetchOne({ seq: inbox.exists }, { envelope: true });
  await client.logout();
  return message?.envelope.subject;
}

export async function seeded(options: testing.ServerOptions): Promise<testing.ImapServer> {
  const server = await testing.createServer(options);
  const box: testing.ServerMailbox = server.store.mailbox('INBOX');
  box.deliver('Subject: x\n\n');
  return server;
}
