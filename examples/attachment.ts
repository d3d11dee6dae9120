/** Saves the newest attachment in INBOX to a file. Run: npx tsx examples/attachment.ts [folder] */
import { createWriteStream } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BodyStructure, connect, type SinglePart } from 'imapwire';
import { openAccount, plain } from './account.ts';

await using account = await openAccount();
await using client = await connect(account.options);
await using inbox = await client.open('INBOX', { readOnly: true });

const found = await newestAttachment();
if (found === undefined) console.log('No message in INBOX has an attachment');
else await save(found.uid, found.attachment);

async function newestAttachment(): Promise<{ uid: number; attachment: SinglePart } | undefined> {
  const messages = await inbox.fetchAll('1:*', { bodyStructure: true });
  for (const { uid, bodyStructure } of messages.sort((a, b) => b.uid - a.uid)) {
    const [attachment] = attachmentsOf(bodyStructure);
    if (attachment) return { uid, attachment };
  }
  return undefined;
}

function attachmentsOf(structure: BodyStructure): SinglePart[] {
  if ('parts' in structure) return structure.parts.flatMap(attachmentsOf);
  return structure.disposition?.type === 'attachment' ? [structure] : [];
}

/** Streams it to the disk: it may be larger than memory. */
async function save(uid: number, { part, filename, type }: SinglePart): Promise<void> {
  const folder = process.argv[2] ?? (await mkdtemp(join(tmpdir(), 'imapwire-')));
  const path = join(folder, `${uid}-${safeName(filename)}`);
  const { content } = await inbox.download(uid, part);
  const file = createWriteStream(path, { flags: 'wx' }); // never over a file that is there
  await pipeline(content, file);
  console.log(`part ${part} of message ${uid}, ${plain(type)}, ${file.bytesWritten} bytes: ${path}`);
}

/** The sender chose the name, so it may be `../../.bashrc`: neither a folder nor a control character is left of it. */
function safeName(name = ''): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  return (
    last
      .replace(/[\p{C}<>:"|?*]/gu, '_')
      .replace(/[. ]+$/, '')
      .slice(-100) || 'attachment'
  );
}
