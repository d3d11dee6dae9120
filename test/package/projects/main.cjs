// The main job in a project of CommonJS modules: prints what it saw as JSON.
const { connect, ImapError, parseUidSet } = require('imapwire');

async function main() {
  const client = await connect({
    host: '127.0.0.1',
    port: Number(process.env.IMAP_PORT),
    security: 'none',
    auth: { user: 'anna', pass: 'secret' },
  });
  const mailboxes = (await client.list()).map(({ name }) => name);
  const inbox = await client.open('INBOX');
  const unseen = await inbox.search({ seen: false });
  const subjects = [];
  for await (const { envelope } of inbox.fetch('1:*', { envelope: true })) subjects.push(envelope.subject);
  const { flags } = await inbox.addFlags(unseen, ['\\Flagged']);
  const { expunged, uids } = await inbox.deleteMessages(unseen.slice(0, 1));
  const refused = await client.open('No such mailbox').catch((error) => error instanceof ImapError && error.name);
  await client.logout();
  console.log(
    JSON.stringify({
      mailboxes,
      unseen,
      subjects,
      flags: [...flags].map(([uid, now]) => [uid, [...now]]),
      expunged,
      uids: String(uids),
      refused,
      set: String(parseUidSet('3,1:2')),
    }),
  );
}

main();
