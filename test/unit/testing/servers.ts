import { afterEach } from 'vitest';
import { createServer, type ImapServer, type ServerOptions } from '../../../src/testing/index.ts';
import { RawClient } from './raw-client.ts';

const open: (ImapServer | RawClient)[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** A server that ends with the test. */
export async function start(options: ServerOptions = {}): Promise<ImapServer> {
  const server = await createServer({ now: () => new Date('2024-03-05T06:07:08Z'), ...options });
  open.push(server);
  return server;
}

export function connect(server: ImapServer): RawClient {
  const client = RawClient.connect(server.port);
  open.push(client);
  return client;
}

/** Logged in, with a mailbox selected if one is named. */
export async function login(server: ImapServer, mailbox?: string): Promise<RawClient> {
  const client = await RawClient.login(server.port);
  open.push(client);
  if (mailbox !== undefined) await client.ok(`SELECT ${mailbox}`);
  return client;
}

export function mail(subject: string): string {
  return `From: a@example.org\r\nSubject: ${subject}\r\n\r\nBody of ${subject}\r\n`;
}

export function fill(server: ImapServer, count: number): void {
  for (let index = 1; index <= count; index++) server.store.deliver('INBOX', mail(`m${index}`));
}
