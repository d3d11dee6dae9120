/** The main job from end to end: connect, list, select, search, fetch, store, expunge. Run: npm run demo */
import { type Address, type BodyStructure, connect } from 'imapwire';
import { openAccount, plain, practiceMailbox } from './account.ts';

const MONTH_MS = 30 * 24 * 3600 * 1000;
const bold = (text: string) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[22m` : text);
const step = (title: string, text: string) => console.log(`\n${bold(title.padEnd(9))}${text}`);
const column = (text: string, width: number) =>
  plain(text.length < width ? text : `${text.slice(0, width - 2)}…`).padEnd(width);

await using account = await openAccount();
const where = account.deliver
  ? 'a server in memory with sample mail; IMAP_URL=imaps://user:pass@host/ shows yours'
  : 'the account of IMAP_URL';
console.log(`imapwire, on ${where}`);

const begin = performance.now();
await using client = await connect(account.options);
const took = Math.round(performance.now() - begin);
step(
  'connect',
  `${client.secure ? 'encrypted' : 'not encrypted'}, logged in, ${client.capabilities.names.size} capabilities, ${took} ms`,
);

const mailboxes = await client.list({ status: ['messages', 'unseen'] });
step('list', `${mailboxes.length} mailboxes`);
for (const { name, specialUse = '', selectable, status } of mailboxes.slice(0, 12)) {
  const counts = selectable ? `${status?.messages ?? '?'} messages, ${status?.unseen ?? '?'} unread` : '';
  console.log(`  ${column(name, 34)}${column(specialUse, 12)}${counts}`);
}

const inbox = await client.open('INBOX', { readOnly: true });
step('select', `${inbox.name}: ${inbox.exists} messages, the next one will be UID ${inbox.uidNext}`);

const [all, recent, unread] = await Promise.all([
  inbox.search({ all: true }),
  inbox.search({ since: new Date(Date.now() - MONTH_MS) }),
  inbox.search({ seen: false }),
]);
step('search', `${recent.length} of the last 30 days; ${unread.length} are unread`);

step('fetch', 'the newest messages');
const newest = await inbox.fetchAll(all.slice(-10), { flags: true, envelope: true, size: true, bodyStructure: true });
for (const { uid, flags, envelope, size, bodyStructure } of newest.reverse()) {
  const mark = flags.has('\\Flagged') ? '!' : flags.has('\\Seen') ? ' ' : '•';
  const day = envelope.date?.toISOString().slice(0, 10) ?? '';
  const files = attachments(bodyStructure);
  console.log(
    `  ${mark} ${String(uid).padStart(4)}  ${column(day, 12)}${column(sender(envelope.from[0]), 22)}${column(envelope.subject ?? '', 40)}` +
      `${(size / 1024).toFixed(1).padStart(7)} kB${files === 0 ? '' : `, ${files} attached`}`,
  );
}

await using practice = await practiceMailbox(client);
await using copies = await client.open(practice.name);
const uids = await copies.search({ all: true });
const { flags } = await copies.addFlags(uids.slice(-3), ['\\Flagged', '\\Seen']);
step('store', 'in a mailbox of copies, so that your mail stays as it is');
for (const [uid, now] of flags) console.log(`  message ${uid} is now ${plain([...now].join(' '))}`);

const { expunged, uids: gone } = await copies.deleteMessages(uids.slice(0, 2));
step('expunge', `${expunged} of ${uids.length} copies removed (UID ${gone}); ${copies.exists} are left`);

console.log(
  `\n${client.bytes.received} bytes received, ${client.bytes.sent} sent, ${Math.round(performance.now() - begin)} ms in all`,
);

function sender(address: Address | undefined): string {
  if (address === undefined) return '';
  return 'group' in address ? address.group : (address.name ?? address.address);
}

function attachments(structure: BodyStructure): number {
  if ('parts' in structure) return structure.parts.reduce((sum, part) => sum + attachments(part), 0);
  return structure.disposition?.type === 'attachment' ? 1 : 0;
}
