// The main job in a TypeScript project: compiled with all checks on, and run. Prints what it saw as JSON.
import {
  type ConnectOptions,
  connect,
  type FetchedMessage,
  type ImapClient,
  ImapError,
  type Mailbox,
  parseUidSet,
} from 'imapwire';

const options: ConnectOptions = {
  host: '127.0.0.1',
  port: Number(process.env.IMAP_PORT),
  security: 'none',
  auth: { user: 'anna', pass: 'secret' },
};
const client: ImapClient = await connect(options);
const mailboxes: string[] = (await client.list()).map(({ name }) => name);
const inbox: Mailbox = await client.open('INBOX');
const unseen: number[] = await inbox.search({ seen: false });
const subjects: (string | undefined)[] = [];
const take = ({ envelope }: FetchedMessage<{ envelope: true }>) => subjects.push(envelope.subject);
for await (const message of inbox.fetch('1:*', { envelope: true })) {
  take(message);
  // @ts-expect-error It was not asked for.
  message.flags;
}
const { flags } = await inbox.addFlags(unseen, ['\\Flagged']);
const { expunged, uids } = await inbox.deleteMessages(unseen.slice(0, 1));
const refused: unknown = await client
  .open('No such mailbox')
  .catch((error) => error instanceof ImapError && error.name);
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
