/** Compiled, never run: what results look like to those who use them. */
import type {
  Address,
  BodyStructure,
  Envelope,
  FetchedMessage,
  FetchItems,
  Headers,
  ImapClient,
  Mailbox,
  MailboxEvent,
  UidSet,
} from 'imapwire';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Fails to compile unless the value has exactly this type. */
declare function is<Wanted>(): <Actual>(value: Actual, same: Same<Actual, Wanted>) => void;

declare const client: ImapClient;
declare const mailbox: Mailbox;

export async function messagesHaveWhatWasAskedFor() {
  for await (const message of mailbox.fetch('1:*', { envelope: true, flags: true })) {
    is<number>()(message.uid, true);
    is<number>()(message.seq, true);
    is<Envelope>()(message.envelope, true);
    is<ReadonlySet<string>>()(message.flags, true);
    // @ts-expect-error Not asked for.
    message.size;
    // @ts-expect-error Nobody changes what the server said.
    message.flags.add('\\Seen');
  }

  const [all] = await mailbox.fetchAll([1, 2], {
    internalDate: true,
    size: true,
    bodyStructure: true,
    modseq: true,
    headers: ['Subject'],
    source: { offset: 0, length: 10 },
    parts: ['1', { section: '2', offset: 0, length: 10 }],
    binary: ['2'],
    preview: true,
    saveDate: true,
    emailId: true,
    threadId: true,
    gmail: true,
    markSeen: true,
  });
  // @ts-expect-error There may be no message.
  all.uid;
  if (all === undefined) return;
  is<Date | undefined>()(all.internalDate, true);
  is<number>()(all.size, true);
  is<BodyStructure>()(all.bodyStructure, true);
  is<bigint>()(all.modseq, true);
  is<Headers>()(all.headers, true);
  is<Buffer>()(all.source, true);
  is<Map<string, Buffer | null>>()(all.parts, true);
  is<Map<string, Buffer | null>>()(all.binary, true);
  is<string | null>()(all.preview, true);
  is<Date | null>()(all.saveDate, true);
  is<string>()(all.emailId, true);
  is<string | null>()(all.threadId, true);
  is<string>()(all.gmail.messageId, true);
  // @ts-expect-error Not asked for.
  all.envelope;
  // @ts-expect-error How the message is fetched, not a part of it.
  all.markSeen;
}

export async function oneMessageMayBeMissing() {
  const message = await mailbox.fetchOne(1, { envelope: true });
  // @ts-expect-error There may be no message of that UID.
  message.uid;
  is<string | undefined>()(message?.envelope.subject, true);
  is<Date | undefined>()(message?.envelope.date, true);
  await mailbox.fetchOne({ seq: 1 }, {});
  // @ts-expect-error One message, not several.
  await mailbox.fetchOne('1:*', { flags: true });
  // @ts-expect-error One message, not several.
  await mailbox.fetchOne([1, 2], { flags: true });
}

export async function refusedItemsAreNotThere() {
  const [message] = await mailbox.fetchAll('1:*', { flags: false, size: true });
  // @ts-expect-error Asked not to be there.
  message?.flags;
  is<number | undefined>()(message?.size, true);
  // @ts-expect-error No such item.
  mailbox.fetch('1:*', { flag: true });
  // @ts-expect-error Sections come in an array.
  mailbox.fetch('1:*', { parts: '1' });
  // @ts-expect-error Of which section?
  mailbox.fetch('1:*', { parts: [{ offset: 0, length: 10 }] });
}

/** A function that does not know what it will be asked for. */
export async function subjects<I extends FetchItems>(items: I): Promise<(I & { envelope: true })[]> {
  const messages = await mailbox.fetchAll('1:*', { ...items, envelope: true as const });
  const uids: number[] = messages.map(({ uid }) => uid);
  // @ts-expect-error Items are not messages.
  return uids.length === 0 ? [] : messages;
}

export function named(message: FetchedMessage<{ envelope: true }>): string {
  const [sender] = message.envelope.from;
  if (sender === undefined) return '';
  // @ts-expect-error A group has no address of its own.
  sender.address;
  return addressOf(sender);
}

function addressOf(address: Address): string {
  return 'group' in address ? address.members.map(({ address: one }) => one).join() : address.address;
}

export function parts(structure: BodyStructure): string[] {
  // @ts-expect-error A multipart has no encoding.
  structure.encoding;
  if ('parts' in structure) return structure.parts.flatMap(parts);
  const encoding: string = structure.encoding;
  const nested = structure.body === undefined ? [] : parts(structure.body);
  return [`${structure.part} ${structure.type} ${encoding} ${structure.filename ?? ''}`, ...nested];
}

export async function setsOfMessages(uids: UidSet) {
  await mailbox.addFlags(1, ['\\Seen']);
  await mailbox.addFlags('1:*', ['\\Seen']);
  await mailbox.addFlags([1, 2], ['\\Seen']);
  await mailbox.addFlags(new Set([1, 2]), ['\\Seen']);
  await mailbox.addFlags(uids, ['\\Seen']);
  await mailbox.addFlags({ seq: '1:10' }, ['\\Seen']);
  // @ts-expect-error UIDs are numbers, or one text.
  await mailbox.addFlags(['1', '2'], ['\\Seen']);
  // @ts-expect-error Flags come in an array.
  await mailbox.addFlags(1, '\\Seen');
  // @ts-expect-error Too large for a number.
  await mailbox.addFlags(1n, ['\\Seen']);
  // @ts-expect-error A mod-sequence goes past what a number holds.
  await mailbox.addFlags(1, ['\\Seen'], { unchangedSince: 1 });
}

export async function searches() {
  is<number[]>()(
    await mailbox.search({ seen: false, since: new Date(), or: [{ from: 'a' }, { not: { to: 'b' } }] }),
    true,
  );
  await mailbox.search({ since: '2024-01-31', header: { 'List-Id': true, Subject: 'x' }, uid: '1:*', seq: [1] });
  // @ts-expect-error No such key.
  await mailbox.search({ unseen: true });
  // @ts-expect-error Not a date.
  await mailbox.search({ since: 1706659200 });
}

export async function events() {
  for await (const event of mailbox.watch({ fetch: { envelope: true } })) {
    if (event.type === 'arrived') {
      for (const { uid, flags, envelope } of event.messages) console.log(uid, flags.has('\\Seen'), envelope.subject);
      // @ts-expect-error Not asked for.
      event.messages[0]?.size;
    } else if (event.type === 'vanished') is<UidSet>()(event.uids, true);
    else if (event.type === 'flags') is<ReadonlySet<string>>()(event.flags, true);
    else is<number>()(event.uidValidity, true);
  }
  for await (const event of mailbox.watch()) {
    const plain: MailboxEvent = event;
    if (plain.type === 'arrived') {
      for (const { flags } of plain.messages) console.log(flags.size);
      // @ts-expect-error Not asked for.
      plain.messages[0]?.envelope;
    }
  }
}

export async function appends() {
  const one = await client.append('INBOX', { content: 'x' });
  is<number | undefined>()(one.uid, true);
  const many = await client.append('INBOX', [
    { content: new Uint8Array(), flags: ['\\Seen'], internalDate: new Date() },
  ]);
  is<number | undefined>()(many[0]?.uid, true);
  // @ts-expect-error Nothing is buffered, so a stream needs its size.
  await client.append('INBOX', { content: process.stdin });
  await client.append('INBOX', { content: { size: 1, stream: process.stdin } });
  // @ts-expect-error A message is an object.
  await client.append('INBOX', 'x');
}

export async function clients() {
  await using own = client;
  await using inbox = await own.open('INBOX', { readOnly: true });
  // @ts-expect-error The client says what it is.
  own.state = 'closed';
  // @ts-expect-error The server says how many there are.
  inbox.exists = 0;
  // @ts-expect-error No such status item.
  await own.status('INBOX', ['unread']);
  const { messages } = await own.status('INBOX', ['messages']);
  is<number | undefined>()(messages, true);
  const release: () => void = own.on('close', ({ error }) => console.log(error?.code));
  release();
  // @ts-expect-error No such event.
  own.on('error', () => {});
  // @ts-expect-error No such special use.
  await own.create('Sent', { use: '\\sent' });
}

/** What would be taken for something else: the types refuse it, as the methods do. */
export async function mistaken() {
  // @ts-expect-error No such option: another case.
  await client.open('INBOX', { readonly: true });
  // @ts-expect-error Neither true nor false.
  await client.list({ subscribed: 'false' });
  // @ts-expect-error Neither true nor false.
  await mailbox.addFlags(1, ['\\Seen'], { silent: 'false' });
  // @ts-expect-error Another method's option.
  await mailbox.move(1, 'Archive', { silent: true });
  // @ts-expect-error The target is an option.
  await mailbox.replace(1, { content: '' }, 'Archive');
  // @ts-expect-error Neither true nor false.
  await mailbox.searchReturn({}, { save: 'false' });
  // @ts-expect-error Not awaited.
  await mailbox.search(Promise.resolve({ seen: true }));
  // @ts-expect-error Items are keys.
  await mailbox.fetchAll(1, ['flags']);
}
