/** The account that an example works with: the one of IMAP_URL, or without it a server in memory with sample mail. */
import type { ConnectOptions, ImapClient } from 'imapwire';
import { createServer } from 'imapwire/testing';

export interface Account extends AsyncDisposable {
  /** What connect() takes. */
  readonly options: ConnectOptions | string;
  /** Puts a message into INBOX, as someone who writes to you would. Only the sample account can. */
  readonly deliver?: (message: string) => void;
}

export async function openAccount(): Promise<Account> {
  const url = process.env.IMAP_URL;
  if (url) return { options: url, [Symbol.asyncDispose]: async () => {} };
  const server = await createServer({ users: { anna: 'secret' }, sampleMail: true });
  return {
    options: { host: server.host, port: server.port, security: 'none', auth: { user: 'anna', pass: 'secret' } },
    deliver: (message) => server.store.deliver('INBOX', message),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/**
 * A mailbox of its own for an example that changes things, with copies of the newest messages of INBOX: your mail stays
 * as it is. The mailbox goes when it is disposed of.
 */
export async function practiceMailbox(client: ImapClient): Promise<{ name: string } & AsyncDisposable> {
  const { personal } = await client.namespaces();
  const name = `${personal[0]?.prefix ?? ''}imapwire practice ${process.pid}`;
  await client.create(name);
  const inbox = await client.open('INBOX', { readOnly: true });
  if (inbox.exists > 0) await inbox.copy({ seq: `${Math.max(1, inbox.exists - 9)}:*` }, name);
  await client.append(
    name,
    [1, 2, 3].map((number) => ({ content: `Subject: Practice ${number}\r\n\r\nHello\r\n` })),
  );
  return { name, [Symbol.asyncDispose]: () => client.delete(name) };
}

/** What strangers wrote, for a terminal: it obeys control characters, and a subject can hold them. */
export const plain = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');
