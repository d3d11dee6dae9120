/** All mailboxes, with what is in them. Run: npx tsx examples/mailboxes.ts */
import { connect } from 'imapwire';
import { openAccount, plain } from './account.ts';

await using account = await openAccount();
await using client = await connect(account.options);

for (const { name, specialUse = '', selectable, status } of await client.list({ status: ['messages', 'unseen'] })) {
  const counts = selectable
    ? `${status?.messages ?? '?'} messages, ${status?.unseen ?? '?'} unread`
    : 'holds only mailboxes';
  console.log(`${plain(name).padEnd(30)} ${specialUse.padEnd(10)} ${counts}`);
}
