/** Waits for new mail and tells what comes, until Ctrl-C. Run: npx tsx examples/watch.ts */
import { connect } from 'imapwire';
import { openAccount, plain } from './account.ts';

await using account = await openAccount();
await using client = await connect(account.options);
await using inbox = await client.open('INBOX', { readOnly: true });

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

// Nobody writes to the sample account: this does, until it is heard.
const { deliver } = account;
const mail = 'From: Ben <ben@example.org>\nTo: anna@example.org\nSubject: Here I am\n\nJust now.\n';
const writing = deliver && setInterval(() => deliver(mail), 200);

console.log('Waiting for new mail (Ctrl-C ends it)');
for await (const event of inbox.watch({ signal: stop.signal, fetch: { envelope: true } })) {
  if (event.type === 'arrived') {
    for (const { uid, envelope } of event.messages)
      console.log(`message ${uid} arrived: ${plain(envelope.subject ?? '')}`);
    if (deliver) stop.abort();
  }
  if (event.type === 'vanished') console.log(`gone: ${event.uids}`);
  if (event.type === 'flags')
    console.log(`message ${event.uid} is now ${plain([...event.flags].join(' ')) || 'without flags'}`);
  if (event.type === 'reset') console.log('The mailbox was replaced: all UIDs are new');
}
clearInterval(writing);
console.log('Ended');
