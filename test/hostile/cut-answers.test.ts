/**
 * What changes mail, cut off behind each response of the server: whatever an operation tells then is true of what the server
 * holds. Who reads that nothing was executed does it again.
 */
import type { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConnectionError, connect, type ImapClient, type Mailbox } from '../../src/index.ts';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { lineByLine } from '../client/line-by-line.ts';

/** Is read together with the response before it: no command is sent in between. */
const BYE = '* BYE going\r\n';

/** A stream to the server that ends with BYE behind so many more responses of one line, once it is armed. */
class Wire {
  readonly stream: Duplex;
  /** Responses since it was armed. */
  passed = 0;
  #cut = Number.POSITIVE_INFINITY;

  constructor(port: number) {
    this.stream = lineByLine(port, (line, push) => {
      if (this.passed === this.#cut) return;
      const last = ++this.passed === this.#cut;
      push(last ? line + BYE : line);
      if (last) push(null);
    });
  }

  arm(cut: number): void {
    this.passed = 0;
    this.#cut = cut;
  }
}

const content = (subject: string) => ({ content: `Subject: ${subject}\r\n\r\n` });
type Work = (inbox: Mailbox, client: ImapClient) => Promise<unknown>;
const OPERATIONS: Record<string, Work> = {
  copy: (inbox) => inbox.copy('1:2', 'other'),
  move: (inbox) => inbox.move('1:2', 'other'),
  replace: (inbox) => inbox.replace(1, content('new')),
  'replace elsewhere': (inbox) => inbox.replace(1, content('new'), { target: 'other' }),
  expunge: (inbox) => inbox.expunge(4),
  'expunge all': (inbox) => inbox.expunge(),
  deleteMessages: (inbox) => inbox.deleteMessages([1, 3]),
  addFlags: (inbox) => inbox.addFlags('1:3', ['\\Flagged']),
  'setFlags by number': (inbox) => inbox.setFlags({ seq: '1:2' }, ['\\Draft']),
  append: (_, client) => client.append('other', ['a', 'b', 'c'].map(content)),
};

/** The mail that the server holds. */
function held({ store }: ImapServer): string {
  return ['INBOX', 'other']
    .flatMap((name) => store.mailbox(name).messages.map((message) => [name, message.uid, ...message.flags].join(' ')))
    .join('\n');
}

async function run(capabilities: string[], work: Work, cut = Number.POSITIVE_INFINITY) {
  await using server = await createServer({ capabilities, greeting: 'PREAUTH ready', now: () => new Date(0) });
  server.store.create('other');
  for (const flags of [[], ['\\Seen'], [], ['\\Deleted'], ['\\Deleted']])
    server.store.deliver('INBOX', 'Subject: x\r\n\r\n', { flags });
  const before = held(server);
  const wire = new Wire(server.port);
  const client = await connect({ host: 'localhost', security: 'none', socket: () => wire.stream, clientId: false });
  const inbox = await client.open('INBOX');
  wire.arm(cut);
  const outcome: { value?: unknown; error?: unknown } = await work(inbox, client).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  const { passed } = wire;
  if (cut < Number.POSITIVE_INFINITY) await expect(client.noop()).rejects.toBeInstanceOf(ConnectionError);
  client.close();
  await expect.poll(() => server.connections, { interval: 1 }).toBe(0);
  return { ...outcome, passed, before, after: held(server) };
}

describe.each([
  [
    'with what makes one command of it',
    ['IMAP4rev1', 'UIDPLUS', 'MOVE', 'REPLACE', 'MULTIAPPEND', 'LITERAL+', 'ESEARCH'],
  ],
  ['with UIDPLUS alone', ['IMAP4rev1', 'UIDPLUS']],
  ['without any extension', ['IMAP4rev1']],
])('on a server %s', (_, capabilities) => {
  it.each(Object.entries(OPERATIONS))('%s', async (_name, work) => {
    const whole = await run(capabilities, work);
    expect(whole.error).toBeUndefined();
    expect(whole.after).not.toBe(whole.before);
    const cuts = Array.from({ length: whole.passed }, (_response, at) => at + 1);
    const each = async (cut: number) => {
      const { error, value, before, after } = await run(capabilities, work, cut);
      const where = `behind ${cut} of ${whole.passed} responses: ${error}`;
      if (error === undefined) expect({ value, after }, where).toEqual({ value: whole.value, after: whole.after });
      else expect(error, where).toBeInstanceOf(ConnectionError);
      if (error instanceof ConnectionError && !error.maybeExecuted) expect(after, where).toBe(before);
    };
    await Promise.all(cuts.map(each));
  });
});
