/** Compiled, never run: what connect takes, and what errors tell. */
import {
  type AppendMessage,
  type Auth,
  type CommandArg,
  CommandError,
  ConnectionError,
  type ConnectOptions,
  connect,
  type FetchItems,
  type ImapClient,
  type ImapError,
  type ImapUrlParts,
  type ListOptions,
  type Mailbox,
  ProtocolError,
  type SearchQuery,
  type SearchScope,
  type SortCriterion,
  UsageError,
} from 'imapwire';

export async function waysToConnect() {
  await connect('imaps://user:pass@example.org/');
  await connect(new URL('imap://example.org/'));
  await connect({ host: 'example.org' });
  await connect({ host: 'example.org', auth: { user: 'user', pass: 'pass', mechanism: 'SCRAM-SHA-256' } });
  await connect({ host: 'example.org', auth: { user: 'user', accessToken: 'token' } });
  await connect({ host: 'example.org', auth: async () => ({ user: 'user', accessToken: 'token' }) });
  await connect({ host: 'example.org', auth: { mechanism: 'EXTERNAL' }, tls: { cert: 'pem', key: 'pem' } });
  await connect({ host: 'example.org', auth: { sasl: { name: 'X', respond: (challenge) => challenge } } });
  await connect({
    host: 'example.org',
    log: ({ direction, text, connection, at }) => console.log(direction, text, connection, at),
  });
  // @ts-expect-error A host is needed.
  await connect({ port: 993 });
  // @ts-expect-error There is no such kind.
  await connect({ host: 'example.org', security: 'ssl' });
  // @ts-expect-error A token's mechanism, not a password's.
  await connect({ host: 'example.org', auth: { user: 'user', accessToken: 'token', mechanism: 'PLAIN' } });
  // @ts-expect-error A password is needed.
  await connect({ host: 'example.org', auth: { user: 'user' } });
  // @ts-expect-error No such option.
  await connect({ host: 'example.org', user: 'user' });
}

export const auth: Auth = { user: 'user', pass: 'pass', authzid: 'other' };

/** What a program has read from its settings may be undefined: it is left out then. */
export const leftOut: Auth[] = [
  { user: 'user', pass: 'pass', mechanism: undefined, authzid: undefined, channelBinding: undefined },
  { user: 'user', accessToken: 'token', mechanism: undefined },
  { mechanism: 'EXTERNAL', user: undefined },
];
export const criterion: SortCriterion = { by: 'date', reverse: undefined };
export const parts: ImapUrlParts = { mailbox: 'INBOX', partial: { offset: 10, length: undefined } };
// @ts-expect-error undefined is not an absent host.
export const options: ConnectOptions = { host: undefined };

export function told(error: ImapError): string {
  if (error instanceof CommandError) {
    const status: 'NO' | 'BAD' = error.status;
    const { command, text, responseCode } = error;
    return `${status} ${command} ${text} ${responseCode?.name} ${responseCode?.args}`;
  }
  if (error instanceof ConnectionError) {
    // @ts-expect-error There is no such phase.
    if (error.phase === 'dns') return '';
    return `${error.phase} ${error.maybeExecuted}`;
  }
  if (error instanceof ProtocolError) return `${error.offset} ${error.excerpt}`;
  if (error instanceof UsageError) return error.message;
  return error.code;
}

/** What one operation gives another takes, and lists that nobody changes are lists. */
export async function takenOver(from: Mailbox, to: ImapClient) {
  const items = { source: true, flags: true, internalDate: true, headers: ['Subject'], parts: ['1'] } as const;
  for await (const { source: content, flags, internalDate } of from.fetch('1:*', items))
    await to.append('Copies', { content, flags: [...flags], internalDate });
  const seen = ['\\Seen'] as const;
  await from.addFlags('1:*', seen);
  await to.append('Copies', { content: '', flags: seen });
  await to.status('Copies', ['messages', 'unseen'] as const);
  await from.sort(['date'] as const, {
    keyword: ['a', 'b'] as const,
    or: [{ seen: true }, { flagged: true }] as const,
  });
  await to.list({ pattern: ['a', 'b'] as const, status: ['messages'] as const });
  await to.command('X', [{ atom: 'a' }, ['b', 1]] as const);
}

/** What a program puts together step by step. */
export async function builtUp(client: ImapClient, mailbox: Mailbox) {
  const query: SearchQuery = { and: [], or: [{ keyword: [] }], not: { and: [] } };
  query.and?.push({ seen: true }, { or: [{ flagged: true }] });
  query.or?.[0]?.or?.push(query);
  query.keyword = [];
  query.keyword.push('a');
  query.fuzzy?.and?.push({ text: 'a' });
  await mailbox.search(query);
  const items: FetchItems = { parts: [], binary: [] };
  items.parts?.push('1', { section: '2', offset: 0, length: 10 });
  items.binary?.push('1');
  items.headers = [];
  items.headers.push('Subject');
  await mailbox.fetchAll('1:*', items);
  const message: AppendMessage = { content: '', flags: [] };
  message.flags?.push('\\Seen');
  await client.append('INBOX', message);
  const listing: ListOptions = { status: [] };
  listing.status?.push('messages');
  listing.pattern = [];
  listing.pattern.push('a');
  await client.list(listing);
  const where: SearchScope = { mailboxes: [] };
  where.mailboxes?.push('INBOX');
  await client.searchMailboxes(query, where);
  const arg: CommandArg = [];
  arg.push('a', ['b']);
  await client.command('X', [arg]);
}

/** Lists within lists that nobody changes. */
export async function readOnly(mailbox: Mailbox) {
  const query = {
    or: [{ and: [{ seen: true }] }, { not: [{ keyword: ['a', 'b'] }] }],
    fuzzy: { or: [{ from: 'a' }] },
  } as const;
  await mailbox.search(query);
  const items = { headers: ['Subject'], parts: ['1'], binary: ['1'] } as const;
  for await (const { headers } of mailbox.fetch('1:*', items)) console.log(headers.get('subject'));
}
