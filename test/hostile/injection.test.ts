/** No argument of any method puts a byte on the wire that its grammar does not allow. */
import { expect, it } from 'vitest';
import { connect, type ImapClient, ImapError, type Mailbox } from '../../src/index.ts';
import { createServer } from '../../src/testing/index.ts';

const HOSTILE = [
  'a\r\nZ99 DELETE INBOX',
  'a\nZ99 LOGOUT',
  'a\rb',
  '\r\n',
  'nul\0l',
  '"',
  'a"b',
  'a" "b',
  '\\',
  'a\\"',
  '{5}',
  'a{5}\r\nhello',
  '{5+}',
  '~{5}',
  ')',
  '(a b)',
  'a) (b',
  '*',
  '%',
  ' ',
  'a b',
  ']',
  'BODY[] BODY[TEXT',
  'grün',
  '\u{1f4e8}',
  '\ud800',
  'x\udc00y',
  '\u0080',
  '\u2028',
  '&',
  '&AAo-',
  '../../etc/passwd',
  '\x07\x1b[31m',
  '\x7f',
  '__proto__',
  'constructor',
  '',
  'x'.repeat(100_000),
];

type Call = (client: ImapClient, mailbox: Mailbox, text: string) => Promise<unknown>;

const CALLS: Record<string, Call> = {
  open: (client, _, text) => client.open(text),
  list: (client, _, text) => client.list({ pattern: text, reference: text }),
  'list of patterns': (client, _, text) => client.list({ pattern: ['a', text] }),
  status: (client, _, text) => client.status(text),
  'status items': (client, _, text) => client.status('INBOX', [text as 'messages']),
  create: (client, _, text) => client.create(text),
  'create use': (client, _, text) => client.create('x', { use: text as '\\Sent' }),
  delete: (client, _, text) => client.delete(`x${text}`),
  rename: (client, _, text) => client.rename(`x${text}`, text),
  subscribe: (client, _, text) => client.subscribe(text),
  unsubscribe: (client, _, text) => client.unsubscribe(text),
  append: (client, _, text) => client.append(text, { content: 'a: b\r\n\r\n' }),
  'append flags': (client, _, text) => client.append('INBOX', { content: 'a: b\r\n\r\n', flags: [text] }),
  id: (client, _, text) => client.id({ name: text }),
  'id name': (client, _, text) => client.id({ [text]: 'x' }),
  enable: (client, _, text) => client.enable([text]),
  'command name': (client, _, text) => client.command(text),
  'command text': (client, _, text) => client.command('X-A', [text]),
  'command atom': (client, _, text) => client.command('X-B', [{ atom: text }]),
  'command mailbox': (client, _, text) => client.command('X-C', [{ mailbox: text }]),
  'command set': (client, _, text) => client.command('X-D', [{ set: text }]),
  'command list': (client, _, text) => client.command('X-E', [[text, [text]]]),
  'search text': (_, mailbox, text) => mailbox.search({ text, subject: text }),
  'search header': (_, mailbox, text) => mailbox.search({ header: { [text]: text } }),
  'search keyword': (_, mailbox, text) => mailbox.search({ keyword: text }),
  'search date': (_, mailbox, text) => mailbox.search({ since: text }),
  'search uid': (_, mailbox, text) => mailbox.search({ uid: text }),
  'search number': (_, mailbox, text) => mailbox.search({ larger: text as unknown as number }),
  'search key': (_, mailbox, text) => mailbox.search({ [text]: true }),
  'search not': (_, mailbox, text) => mailbox.search({ not: { or: [{ from: text }, { to: text }] } }),
  'fetch set': (_, mailbox, text) => mailbox.fetchAll(text, { flags: true }),
  'fetch seq': (_, mailbox, text) => mailbox.fetchAll({ seq: text }, { flags: true }),
  'fetch headers': (_, mailbox, text) => mailbox.fetchAll(1, { headers: [text] }),
  'fetch parts': (_, mailbox, text) => mailbox.fetchAll(1, { parts: [text] }),
  'fetch binary': (_, mailbox, text) => mailbox.fetchAll(1, { binary: [text] }),
  'fetch partial': (_, mailbox, text) => mailbox.fetchAll(1, { flags: true }, { partial: text }),
  download: (_, mailbox, text) => mailbox.download(1, text),
  'download uid': (_, mailbox, text) => mailbox.download(text as unknown as number),
  addFlags: (_, mailbox, text) => mailbox.addFlags(1, [text]),
  'addFlags set': (_, mailbox, text) => mailbox.addFlags(text, ['\\Seen']),
  labels: (_, mailbox, text) => mailbox.addFlags(1, [text], { gmailLabels: true }),
  copy: (_, mailbox, text) => mailbox.copy(1, text),
  'copy set': (_, mailbox, text) => mailbox.copy(text, 'x'),
  move: (_, mailbox, text) => mailbox.move(1, text),
  expunge: (_, mailbox, text) => mailbox.expunge(text),
};

/** A command as it may stand on the wire: text and quoted strings, and literals of their own size. */
function checkCommands(wire: Buffer): void {
  let at = 0;
  while (at < wire.length) {
    const end = wire.indexOf('\r\n', at);
    expect(end).toBeGreaterThanOrEqual(0);
    const line = wire.toString('latin1', at, end);
    expect(line, 'no control character and nothing 8-bit outside a literal').not.toMatch(/[\0\r\n\x80-\xff]/);
    const literal = /\{(\d+)\+?\}$/.exec(line);
    const outside = line.replace(/"(?:[^"\\]|\\["\\])*"/g, '');
    expect(outside, 'every quoted string ends').not.toContain('"');
    at = end + 2 + (literal !== null && outside.endsWith('}') ? Number(literal[1]) : 0);
  }
}

it.each(Object.keys(CALLS))('%s', { timeout: 30_000 }, async (name) => {
  const call = CALLS[name];
  await using server = await createServer();
  const sent: Buffer[] = [];
  const net = await import('node:net');
  await using client = await connect({
    host: server.host,
    security: 'none',
    auth: { user: 'user', pass: 'pass' },
    timeouts: { farewell: 1000, inactivity: 5000 },
    socket: () => {
      const socket = net.connect(server.port, server.host);
      const write = socket.write.bind(socket);
      socket.write = ((data: string | Uint8Array, encoding?: BufferEncoding) => {
        sent.push(typeof data === 'string' ? Buffer.from(data, 'latin1') : Buffer.from(data));
        return typeof data === 'string' ? write(data, encoding) : write(data);
      }) as typeof socket.write; // the two forms that the client uses
      return socket;
    },
  });
  await client.append('INBOX', { content: 'Subject: x\r\n\r\nbody\r\n' });
  const mailbox = await client.open('INBOX');
  for (const text of HOSTILE) {
    await client.noop(); // the server hangs up after bad commands in a row
    const before = sent.length;
    const error = await call?.(client, mailbox, text).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined) expect(error).toBeInstanceOf(ImapError);
    expect(client.state, JSON.stringify(text.substring(0, 40))).not.toBe('closed');
    checkCommands(Buffer.concat(sent.slice(before)));
  }
  const tags = Buffer.concat(sent)
    .toString('latin1')
    .match(/(?<=^|\r\n)Z99 /g);
  expect(tags).toBeNull();
});
