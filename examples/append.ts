/** Saves a draft. Run: npx tsx examples/append.ts */
import { connect } from 'imapwire';
import { openAccount, plain } from './account.ts';

const DRAFT = [
  'From: Anna <anna@example.org>',
  'To: Ben <ben@example.org>',
  'Subject: Lunch?',
  `Date: ${new Date().toUTCString().replace('GMT', '+0000')}`,
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 8bit',
  '',
  'At one, at the café?',
  '',
].join('\r\n');

await using account = await openAccount();
await using client = await connect(account.options);

const mailboxes = await client.list();
const drafts =
  mailboxes.find(({ specialUse, name }) => specialUse === '\\Drafts' || name === 'Drafts')?.name ?? 'INBOX';
const { uid } = await client.append(drafts, { content: DRAFT, flags: ['\\Draft', '\\Seen'] });
console.log(`saved in ${plain(drafts)}${uid === undefined ? '' : ` as message ${uid}`}`);

if (uid !== undefined) {
  await using mailbox = await client.open(drafts, { readOnly: true });
  const saved = await mailbox.fetchOne(uid, { envelope: true, flags: true, size: true });
  console.log(
    `subject "${plain(saved?.envelope.subject ?? '')}", ${saved?.size} bytes, ${plain([...(saved?.flags ?? [])].join(' '))}`,
  );
}
