/** Flags messages and moves them to another mailbox. Run: npx tsx examples/flag-and-move.ts */
import { connect } from 'imapwire';
import { openAccount, plain, practiceMailbox } from './account.ts';

await using account = await openAccount();
await using client = await connect(account.options);
await using source = await practiceMailbox(client);

const target = `${source.name} moved`;
await client.create(target);
try {
  await using mailbox = await client.open(source.name);
  const uids = (await mailbox.search({ all: true })).slice(-3);

  const { flags } = await mailbox.addFlags(uids, ['\\Flagged']);
  for (const [uid, now] of flags) console.log(`message ${uid} is now ${plain([...now].join(' '))}`);

  const { uids: moved } = await mailbox.move(uids, target);
  for (const [from, to] of moved) console.log(`message ${from} moved: it is ${to} in "${target}"`);

  const { messages } = await client.status(target, ['messages']);
  console.log(`"${target}" holds ${messages} messages`);
} finally {
  await client.delete(target);
}
