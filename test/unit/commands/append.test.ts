import { describe, expect, it } from 'vitest';
import { type AppendMessage, append, appendAll } from '../../../src/commands/append.ts';
import { UsageError } from '../../../src/index.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

const OFFERED = 'LITERAL+ CATENATE UIDPLUS MULTIAPPEND BINARY ANNOTATE-EXPERIMENT-1';
const URL = '/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER';

async function sent(message: AppendMessage, capabilities = OFFERED): Promise<string> {
  const { sent } = await answered(capabilities, append('Sent', message, new Capabilities(capabilities.split(' '))), []);
  return sent;
}

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

it.each([
  [['\\Seen', '\\Recent', 'x'], '(\\Seen x) '],
  [['\\RECENT'], ''],
])('takes the flags of a fetched message, and leaves out \\Recent: %j', async (flags, text) => {
  expect(await sent({ content: 'ab', flags })).toBe(`APPEND "Sent" ${text}{2+}\r\nab`);
});

it.each([
  [
    '7 1:2',
    [
      { uid: 1, uidValidity: 7 },
      { uid: 2, uidValidity: 7 },
    ],
  ],
  ['7 1', [{}, {}]],
  ['7 1:3', [{}, {}]],
])(
  'of several names each UID by its message, and none where these are not as many: APPENDUID %s',
  async (uids, results) => {
    const dialogue = Dialogue.ready(OFFERED);
    const messages = [{ content: 'a' }, { content: 'b' }];
    const running = dialogue.run(appendAll('Sent', messages, new Capabilities(OFFERED.split(' '))));
    await dialogue.turn();
    dialogue.lines(`A1 OK [APPENDUID ${uids}] done`);
    expect(await running.promise).toEqual(results);
  },
);

it('of flags that a server may not know waits until it asks for the message: Dovecot takes for commands what it refuses', async () => {
  const offered = new Capabilities(OFFERED.split(' '));
  const evil = { content: 'X1 DELETE INBOX\r\n', flags: ['\\Unheard'] };
  const dialogue = Dialogue.ready(OFFERED);
  const running = dialogue.run(appendAll('A', [{ content: 'ab', flags: ['\\Seen', 'kw'] }, evil, evil], offered));
  expect(await dialogue.turn()).toBe('A1 APPEND "A" (\\Seen kw) {2+}\r\nab (\\Unheard) {17}\r\n');
  dialogue.lines('A1 BAD Invalid system flag');
  await expect(running.promise).rejects.toMatchObject({ status: 'BAD' });
  expect(await dialogue.turn()).toBe('');
});

it('may be as large as the server takes', async () => {
  expect(await sent({ content: 'ab' }, `${OFFERED} APPENDLIMIT=2`)).toBe('APPEND "Sent" {2+}\r\nab');
});

it('of several is sent to no server that does not offer it: by then another one may be asked', async () => {
  const dialogue = Dialogue.ready('LITERAL+');
  const several = (count: number) =>
    appendAll('A', Array(count).fill({ content: 'ab' }), new Capabilities(OFFERED.split(' ')));
  await expect(dialogue.run(several(2)).promise).rejects.toMatchObject({ code: 'MISSING_CAPABILITY' });
  dialogue.run(several(1));
  expect(await dialogue.turn()).toBe('A1 APPEND "A" {2+}\r\nab\r\n');
});

it('of NUL names what it needs', async () => {
  await expect(sent({ content: 'a\0b' }, 'LITERAL+')).rejects.toMatchObject({
    name: 'UsageError',
    code: 'MISSING_CAPABILITY',
    message: 'APPEND: NUL needs BINARY, which the server does not offer',
  });
});

describe('APPEND of parts', () => {
  it('has the server put together what it has (CATENATE, RFC 4469 §3)', async () => {
    const content = [{ url: URL }, { text: '\r\n--ü\r\n' }, { url: 'quoted "part"' }, { text: Buffer.from('end') }];
    const internalDate = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
    expect(Buffer.from(await sent({ content, flags: ['\\Seen'], internalDate }), 'latin1').toString()).toBe(
      'APPEND "Sent" (\\Seen) " 2-Jan-2026 03:04:05 +0000" CATENATE (' +
        `URL "${URL}" TEXT {8+}\r\n\r\n--ü\r\n URL "quoted \\"part\\"" TEXT {3+}\r\nend)`,
    );
  });

  it('waits for each literal where the server wants it so', async () => {
    const dialogue = Dialogue.ready('CATENATE');
    const capabilities = new Capabilities(['CATENATE']);
    const running = dialogue.run(append('A', { content: [{ text: 'ab' }, { url: URL }] }, capabilities));
    expect(await dialogue.turn()).toBe('A1 APPEND "A" CATENATE (TEXT {2}\r\n');
    dialogue.lines('+ go on');
    expect(await dialogue.turn()).toBe(`ab URL "${URL}")\r\n`);
    dialogue.lines('A1 OK [APPENDUID 385759045 45] done');
    expect(await running.promise).toEqual({ uid: 45, uidValidity: 385759045 });
  });

  it('joins texts here, streams too, whatever the server offers', async () => {
    const content = [{ text: 'A: ' }, { text: Buffer.from('b\r\n') }, { text: '' }, { text: '\r\né' }];
    expect(await sent({ content }, 'LITERAL+')).toBe('APPEND "Sent" {10+}\r\nA: b\r\n\r\n\xc3\xa9');
    expect(await sent({ content }, OFFERED)).toBe('APPEND "Sent" {10+}\r\nA: b\r\n\r\n\xc3\xa9');
    const filledIn = content.map((part) => ({ ...part, url: undefined }));
    expect(await sent({ content: filledIn }, OFFERED)).toBe('APPEND "Sent" {10+}\r\nA: b\r\n\r\n\xc3\xa9');
    const streamed = [{ text: 'A: ' }, { text: { size: 3, stream: chunks('b', '\r\n') } }, { text: '\r\n' }];
    const dialogue = Dialogue.ready('LITERAL+');
    const running = dialogue.run(append('Sent', { content: streamed }, Capabilities.none));
    let text = '';
    for (let turn = 0; turn < 20 && !text.endsWith('\r\n\r\n\r\n'); turn++) text += await dialogue.turn();
    expect(text).toBe('A1 APPEND "Sent" {8+}\r\nA: b\r\n\r\n\r\n');
    dialogue.lines('A1 OK');
    await running.promise;
  });

  it('goes with MULTIAPPEND', async () => {
    const messages = [{ content: [{ url: URL }] }, { content: 'A: b\r\n' }];
    const command = appendAll('Sent', messages, new Capabilities(OFFERED.split(' ')));
    const { sent } = await answered(OFFERED, command, []);
    expect(sent).toBe(`APPEND "Sent" CATENATE (URL "${URL}") {6+}\r\nA: b\r\n`);
  });

  it.each([
    [{ content: [{ url: URL }] }, 'LITERAL+', 'MISSING_CAPABILITY'],
    [{ content: [{ url: 'a\r\nb' }] }, OFFERED, 'USAGE'],
    [{ content: [{ text: 'a\0' }, { url: URL }] }, OFFERED, 'USAGE'],
    [{ content: [{}] }, OFFERED, 'USAGE'],
    [{ content: ['text'] }, OFFERED, 'USAGE'],
    [{ content: [{ text: 7 }] }, OFFERED, 'USAGE'],
    [{ content: [{ text: { size: 1, stream: undefined } }] }, OFFERED, 'USAGE'],
    [{ content: { size: 1, stream: null } }, OFFERED, 'USAGE'],
    [{ content: [{ text: { size: -1, stream: [] } }, { text: 'ab' }] }, OFFERED, 'USAGE'],
    [{ content: [{ text: 'abc' }, { url: URL }] }, `${OFFERED} APPENDLIMIT=2`, 'TOOBIG'],
  ])('refuses %j where %s is offered: %s', async (message, capabilities, code) => {
    const dialogue = Dialogue.ready(capabilities);
    // a caller without types
    const command = append('A', message as unknown as AppendMessage, new Capabilities(capabilities.split(' ')));
    const error = await dialogue.run(command).promise.catch((reason) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect(error.code).toBe(code);
    expect(await dialogue.turn()).toBe('');
  });

  it.each([
    ['[BADURL "/INBOX;UIDVALIDITY=785799047/;UID=113330"]', 'BADURL', '/INBOX;UIDVALIDITY=785799047/;UID=113330'],
    ['[TOOBIG]', 'TOOBIG', undefined],
  ])('is refused with %s', async (answer, code, url) => {
    const dialogue = Dialogue.ready(OFFERED);
    const running = dialogue.run(append('A', { content: [{ url: URL }] }, new Capabilities(['CATENATE'])));
    await dialogue.turn();
    dialogue.lines(`A1 NO ${answer} failed`);
    const error = await running.promise.catch((reason) => reason);
    expect([error.code, error.responseCode.url]).toEqual([code, url]);
  });
});

describe('APPEND with annotations (RFC 5257 §4.7)', () => {
  it('writes them behind the date', async () => {
    const annotations = { '/private/comment': 'mine', '/shared/comment': 'all', '/private/altsubject': 'é' };
    expect(await sent({ content: 'A: b\r\n', flags: ['\\Draft'], annotations })).toBe(
      'APPEND "Sent" (\\Draft) ANNOTATION ("/comment" ("value.priv" "mine" "value.shared" "all") ' +
        '"/altsubject" ("value.priv" {2+}\r\n\xc3\xa9)) {6+}\r\nA: b\r\n',
    );
  });

  it('needs the capability', async () => {
    const command = append('A', { content: '', annotations: { '/private/comment': '' } }, Capabilities.none);
    const error = await Dialogue.ready('')
      .run(command)
      .promise.catch((reason) => reason);
    expect(error).toMatchObject({ code: 'MISSING_CAPABILITY' });
    expect(error.message).toContain('ANNOTATE-EXPERIMENT-1');
  });
});
