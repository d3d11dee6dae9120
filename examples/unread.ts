/** Unread mail of the last week, newest first. Run: npx tsx examples/unread.ts */
import { type Address, connect } from 'imapwire';
import { openAccount, plain } from './account.ts';

const WEEK_MS = 7 * 24 * 3600 * 1000;

await using account = await openAccount();
await using client = await connect(account.options);
await using inbox = await client.open('INBOX', { readOnly: true });

const unread = await inbox.search({ seen: false, since: new Date(Date.now() - WEEK_MS) });
const messages = await inbox.fetchAll(unread, { envelope: true, internalDate: true });
for (const { envelope, internalDate } of messages.sort((a, b) => b.uid - a.uid)) {
  const day = internalDate?.toISOString().slice(0, 10) ?? '';
  console.log(
    `${day.padEnd(10)}  ${plain(nameOf(envelope.from[0])).padEnd(28)}  ${plain(envelope.subject ?? '(no subject)')}`,
  );
}
console.log(`${messages.length} unread of the last week`);

function nameOf(sender: Address | undefined): string {
  if (sender === undefined) return '(nobody)';
  return 'group' in sender ? sender.group : (sender.name ?? sender.address);
}
