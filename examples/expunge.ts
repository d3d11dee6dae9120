/** Removes two messages for good, and never a third. Run: npx tsx examples/expunge.ts */
import { connect } from 'imapwire';
import { openAccount, practiceMailbox } from './account.ts';

await using account = await openAccount();
await using client = await connect(account.options);
await using practice = await practiceMailbox(client);
await using mailbox = await client.open(practice.name);

const [other = 0, ...rest] = await mailbox.search({ all: true });
const unwanted = rest.slice(0, 2);

// Another program has marked a message too: an EXPUNGE without a set would take it along.
await mailbox.addFlags(other, ['\\Deleted']);

const { expunged, uids } = await mailbox.deleteMessages(unwanted);
console.log(`asked to remove ${unwanted.join(' and ')}; removed ${expunged}: ${uids}`);

const left = await mailbox.search({ all: true });
console.log(`left: ${left.join(', ')}; message ${other} is ${left.includes(other) ? 'still there' : 'gone'}`);
