/** What the descriptions of operations need of a server, whichever it is. */
import type { ImapClient, Mailbox } from '../../../src/index.ts';
import { type ConnectOptions, connect } from '../../../src/index.ts';
import type { Facts } from './facts.ts';

export interface Target extends Facts {
  readonly name: 'in-memory' | 'dovecot' | 'cyrus' | 'courier' | 'mailutils';
  /** Reach account n (1 unless said otherwise) over TCP without TLS; each account is empty at first. */
  options(n?: number): ConnectOptions;
  /** Reach the account of one who may act for account n by PROXYAUTH. */
  administrator?(): ConnectOptions;
  /** Of the personal namespace. */
  readonly separator: string;
  readonly prefix: string;
  /** A refusal of this command carries the response code of RFC 5530. */
  explains(command: string): boolean;
}

/** Tests of operations: called inside a describe, with the server that runs while the tests do. */
export type Operations = (target: () => Target) => void;

export function clientOf(target: Target, more: Partial<ConnectOptions> = {}, n?: number): Promise<ImapClient> {
  return connect({ ...target.options(n), ...more });
}

let names = 0;

/** The name of a mailbox that no other test uses. */
export function freshName({ prefix }: Target, label = 'box'): string {
  return `${prefix}${label} ${++names}`;
}

/** A new mailbox, with these messages in it. */
export async function freshMailbox(
  client: ImapClient,
  target: Target,
  messages: readonly (string | { content: string | Uint8Array; flags?: string[]; internalDate?: Date })[] = [],
): Promise<Mailbox> {
  const name = freshName(target);
  await client.create(name);
  const appended = messages.map((message) => (typeof message === 'string' ? { content: message } : message));
  if (appended.length > 0) await client.append(name, appended);
  return client.open(name);
}

/** A small message. */
export function letter(subject: string, text = 'Hello\r\n', headers = ''): string {
  return `From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: ${subject}\r\nDate: Tue, 6 May 2025 09:08:07 +0200\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@example.org>\r\n${headers}\r\n${text}`;
}

export function letters(count: number): string[] {
  return Array.from({ length: count }, (_, index) => letter(`letter ${index + 1}`));
}

/** Copies what a mailbox holds until it has so many messages, with UIDs from 1. */
export async function fillTo(client: ImapClient, target: Target, mailbox: Mailbox, count: number): Promise<Mailbox> {
  let filled = mailbox;
  for (let held = mailbox.exists; held < count; held = Math.min(held * 2, count)) {
    await filled.copy(`1:${Math.min(held, count - held)}`, filled.name);
    // Courier copies what it has told of.
    await client.noop();
    filled = await current(client, target, filled);
  }
  return filled;
}

/** The mailbox as it is now, opened anew where the server would tell of no message that was appended to it. */
export async function current(client: ImapClient, { tellsNothing }: Target, mailbox: Mailbox): Promise<Mailbox> {
  if (!tellsNothing) return mailbox;
  await mailbox.unselect();
  return client.open(mailbox.name);
}

/** Replaces a mailbox by another of the same name. */
export async function renew(client: ImapClient, name: string, messages: string[]): Promise<void> {
  const { uidValidity } = await client.status(name, ['uidValidity']);
  do {
    await client.delete(name);
    await client.create(name);
    // Some servers count UIDVALIDITY in seconds.
  } while ((await client.status(name, ['uidValidity'])).uidValidity === uidValidity);
  await client.append(
    name,
    messages.map((content) => ({ content })),
  );
}

/** All that an iteration gives. */
export async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of iterable) all.push(one);
  return all;
}

/** What a promise rejects with; it fails the test where it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>; // every rejection of the library is an Error
  }
  throw new Error(`Resolved to ${String(value)} where a rejection was due`);
}

/** Lets everything happen that needs nothing from outside: commands go out, and no answer can come in. */
export async function microtasks(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await undefined;
}

/** A message as a stream that gives nothing until it is opened: while it is being sent nothing else can be. */
export function gatedStream(message: string): {
  content: { size: number; stream: AsyncIterable<Uint8Array> };
  open(): void;
} {
  const bytes = Buffer.from(message);
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  async function* stream(): AsyncGenerator<Uint8Array> {
    await opened;
    yield bytes;
  }
  return { content: { size: bytes.length, stream: stream() }, open };
}
