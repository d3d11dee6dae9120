/** Single APPENDs that are called for side by side go together. */
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type AppendMessage, append as appendWith } from '../../../src/commands/append.ts';
import { enable } from '../../../src/commands/enable.ts';
import { CommandError, ConnectionError } from '../../../src/errors.ts';
import type { RunOptions } from '../../../src/session/operation.ts';
import { command, Dialogue, inMailbox, type Running, turn } from './dialogue.ts';

const OFFERED = 'LITERAL+ MULTIAPPEND UIDPLUS';
const MEGABYTE = 1 << 20;

afterEach(() => {
  vi.useRealTimers();
});

function appending(dialogue: Dialogue, mailbox = 'a') {
  return (content: AppendMessage['content'], rest: Partial<AppendMessage> = {}, options?: RunOptions) => {
    const { capabilities } = dialogue.session.state;
    return dialogue.run(appendWith(mailbox, { content, ...rest }, capabilities), options);
  };
}

/** A session, and how messages are appended there. */
function ready(capabilities = OFFERED) {
  const dialogue = Dialogue.ready(capabilities);
  return { dialogue, append: appending(dialogue) };
}

function values(all: Running<unknown>[]): unknown[] {
  return all.map(({ value }) => value);
}

describe('APPENDs that are called for side by side', () => {
  it('go as one, and each is told where its own message is', async () => {
    const { dialogue, append } = ready();
    const internalDate = new Date(Date.UTC(2024, 0, 2, 3, 4, 5));
    const all = [append('one'), append('two', { flags: ['\\Seen'] }), append(Buffer.from('three'), { internalDate })];
    expect(await dialogue.turn()).toBe(
      'A4 APPEND "a" {3+}\r\none (\\Seen) {3+}\r\ntwo " 2-Jan-2024 03:04:05 +0000" {5+}\r\nthree\r\n',
    );
    expect(dialogue.logged('out')).toEqual([
      'A4 APPEND "a" {3+}\r\n[3 bytes] (\\Seen) {3+}\r\n[3 bytes] " 2-Jan-2024 03:04:05 +0000" {5+}\r\n[5 bytes]'
        .replaceAll('\r', '\\r')
        .replaceAll('\n', '\\n'),
    ]);
    dialogue.lines('A4 OK [APPENDUID 7 11:13] done');
    await turn();
    expect(values(all)).toEqual([11, 12, 13].map((uid) => ({ uid, uidValidity: 7 })));
  });

  it('go at once where nothing is under way, and those that come meanwhile together behind it', async () => {
    const { dialogue, append } = ready();
    append('one');
    expect(await dialogue.turn()).toBe('A1 APPEND "a" {3+}\r\none\r\n');
    append('two');
    append('three');
    expect(await dialogue.turn()).toBe('A4 APPEND "a" {3+}\r\ntwo {5+}\r\nthree\r\n');
  });

  it('are sent as they were when they were called for', async () => {
    const { dialogue, append } = ready();
    append('before');
    const flags = ['\\Seen'];
    const message = { content: 'one', flags };
    dialogue.run(appendWith('a', message, dialogue.session.state.capabilities));
    message.content = 'two';
    flags[0] = '\\Deleted';
    expect(await dialogue.turn()).toBe('A3 APPEND "a" {6+}\r\nbefore (\\Seen) {3+}\r\none\r\n');
  });

  it('are told nothing of where they are where the server does not say it of each', async () => {
    const { dialogue, append } = ready();
    const all = [append('one'), append('two')];
    await dialogue.turn();
    dialogue.lines('A3 OK [APPENDUID 7 11] done');
    await turn();
    expect(values(all)).toEqual([{}, {}]);
  });

  it('take a name apart from what looks like its end', async () => {
    const dialogue = Dialogue.ready(OFFERED);
    const append = appending(dialogue, '" (\\\\ {3+}');
    append('one');
    append('two');
    expect(await dialogue.turn()).toBe('A3 APPEND "\\" (\\\\\\\\ {3+}" {3+}\r\none {3+}\r\ntwo\r\n');
  });

  it('go together up to a hundred messages', async () => {
    const { dialogue, append } = ready();
    for (let index = 0; index < 250; index++) append('x');
    const sent = (await dialogue.turn()).split('\r\n').filter((line) => line.startsWith('A'));
    expect(sent.map((line) => line.split(' ')[0])).toEqual(['A251', 'A252', 'A253']);
    dialogue.lines('A251 OK x', 'A252 OK x', 'A253 OK x');
    expect(dialogue.session.operations).toBe(0);
  });

  it('go together up to what the server takes at once', async () => {
    const { dialogue, append } = ready(`${OFFERED} SAVELIMIT=2`);
    for (const content of ['1', '2', '3']) append(content);
    expect(await dialogue.turn()).toBe('A4 APPEND "a" {1+}\r\n1 {1+}\r\n2\r\nA3 APPEND "a" {1+}\r\n3\r\n');
  });

  it('go together up to a megabyte', async () => {
    const { dialogue, append } = ready();
    const sizes = [MEGABYTE / 2, MEGABYTE / 2, MEGABYTE + 1, 1, 1];
    for (const size of sizes) append(Buffer.alloc(size, 'x'));
    let sent = '';
    for (let part = await dialogue.turn(); part !== ''; part = await dialogue.turn()) sent += part;
    expect(sent.replaceAll(/x+/g, 'x')).toBe(
      'A6 APPEND "a" {524288+}\r\nx {524288+}\r\nx\r\nA3 APPEND "a" {1048577+}\r\nx\r\nA7 APPEND "a" {1+}\r\nx {1+}\r\nx\r\n',
    );
  });

  it('are under way eight commands at a time', async () => {
    const { dialogue, append } = ready(`${OFFERED} SAVELIMIT=2`);
    for (let index = 0; index < 20; index++) append('x');
    const tags = async () => [...(await dialogue.turn()).matchAll(/A\d+/g)].map(([tag]) => tag).join(' ');
    expect(await tags()).toBe('A21 A22 A23 A24 A25 A26 A27 A28');
    dialogue.lines('A21 OK done');
    expect(await tags()).toBe('A29');
  });
});

describe('an APPEND goes alone', () => {
  it.each<[string, string]>([
    ['without MULTIAPPEND', 'LITERAL+'],
    ['without LITERAL+', 'MULTIAPPEND'],
  ])('%s', async (_, capabilities) => {
    const { dialogue, append } = ready(capabilities);
    append('one');
    append('two');
    expect(await dialogue.turn()).toMatch(/^A1 APPEND "a" \{3\+?\}\r\n(one\r\nA2 APPEND "a" \{3\+\}\r\ntwo\r\n)?$/);
  });

  it.each<[string, Partial<AppendMessage>, RunOptions?]>([
    ['a stream', { content: { size: 3, stream: Readable.from([Buffer.from('two')]) } }],
    ['nothing in it', { content: '' }],
    ['an extension flag', { flags: ['\\Unheard'] }],
    ['an annotation with a literal', { annotations: { '/private/comment': 'two\r\nlines' } }],
    ['parts that the server puts together', { content: [{ url: '/b/;UID=1' }, { text: 'two' }] }],
    ['progress', {}, { progress: () => {} }],
  ])('with %s', async (_, rest, options) => {
    const { dialogue, append } = ready(`${OFFERED} CATENATE ANNOTATE-EXPERIMENT-1`);
    append('1');
    append('two', rest, options);
    append('3');
    append('4');
    let sent = '';
    for (let part = await dialogue.turn(); part !== ''; part = await dialogue.turn()) {
      sent += part;
      if (part.endsWith('}\r\n')) dialogue.lines('+ go on');
    }
    expect(sent.match(/A\d+ APPEND/g)).toEqual(['A1 APPEND', 'A2 APPEND', 'A5 APPEND']);
  });

  it('where it is larger than what goes without being asked for (LITERAL-)', async () => {
    const { dialogue, append } = ready('LITERAL- MULTIAPPEND');
    append('one');
    append('two');
    append('x'.repeat(4097));
    expect(await dialogue.turn()).toBe('A4 APPEND "a" {3+}\r\none {3+}\r\ntwo\r\nA3 APPEND "a" {4097}\r\n');
  });

  it('where the server offers MULTIAPPEND no more when its turn comes', async () => {
    const { dialogue, append } = ready();
    dialogue.run(command('CAPABILITY', { alone: true }));
    append('one');
    append('two');
    await dialogue.turn();
    dialogue.lines('* CAPABILITY IMAP4rev1 LITERAL+', 'A1 OK done');
    expect(await dialogue.turn()).toBe('A2 APPEND "a" {3+}\r\none\r\nA3 APPEND "a" {3+}\r\ntwo\r\n');
  });

  it('to another mailbox, or one whose name is no quoted string', async () => {
    const { dialogue, append } = ready();
    append('1');
    appending(dialogue, 'b')('2');
    appending(dialogue, 'a'.repeat(1001))('3');
    appending(dialogue, 'a'.repeat(1001))('4');
    expect((await dialogue.turn()).match(/A\d+ APPEND/g)).toEqual([1, 2, 3, 4].map((tag) => `A${tag} APPEND`));
  });

  it('where something else was called for in between', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(1, OFFERED);
    const append = appending(dialogue);
    append('1');
    dialogue.run(inMailbox('BETWEEN'), { mailbox });
    append('2');
    dialogue.run(command('NOOP'));
    append('3');
    const sent = [...(await dialogue.turn()).matchAll(/A\d+ (\w+)/g)].map(([, name]) => name);
    expect(sent).toEqual(['APPEND', 'BETWEEN', 'APPEND', 'NOOP', 'APPEND']);
  });

  it('where UTF-8 was enabled since the next was written', async () => {
    const { dialogue, append } = ready(`${OFFERED} ENABLE UTF8=ACCEPT`);
    dialogue.run(enable(['UTF8=ACCEPT'], dialogue.session.state));
    append('1');
    append('2');
    expect(await dialogue.turn()).toBe('A1 ENABLE UTF8=ACCEPT\r\n');
    dialogue.lines('* ENABLED UTF8=ACCEPT', 'A1 OK done');
    append('3');
    expect(await dialogue.turn()).toBe('A2 APPEND "a" {1+}\r\n1\r\nA5 APPEND "a" {1+}\r\n2 {1+}\r\n3\r\n');
  });
});

describe('an APPEND that waits', () => {
  it('is not sent with the others where it was given up, or is late', async () => {
    vi.useFakeTimers();
    const { dialogue, append } = ready('LITERAL- MULTIAPPEND');
    const controller = new AbortController();
    append('x'.repeat(4097));
    const all = [
      append('one'),
      append('aborted', {}, { signal: controller.signal }),
      append('two'),
      append('late', {}, { timeout: 5 }),
      append('three'),
      append('four', {}, { timeout: 50 }),
    ];
    await vi.advanceTimersByTimeAsync(10);
    controller.abort(new Error('mine'));
    dialogue.transport.take();
    dialogue.lines('+ go on');
    await vi.advanceTimersByTimeAsync(1);
    expect(dialogue.transport.take().replace(/x+/, 'x')).toBe(
      'x\r\nA2 APPEND "a" {3+}\r\none\r\nA4 APPEND "a" {3+}\r\ntwo\r\nA8 APPEND "a" {5+}\r\nthree {4+}\r\nfour\r\n',
    );
    // Its answer is no longer waited for, and is that of another still.
    await vi.advanceTimersByTimeAsync(100);
    dialogue.lines('A1 OK done', 'A2 OK done', 'A4 OK done', 'A8 OK [APPENDUID 7 3:4] done');
    await vi.advanceTimersByTimeAsync(1);
    expect(all.map(({ state }) => state)).toEqual([
      'resolved',
      'rejected',
      'resolved',
      'rejected',
      'resolved',
      'rejected',
    ]);
    expect(all[4]?.value).toEqual({ uid: 3, uidValidity: 7 });
    expect(all[1]?.error).toEqual(new Error('mine'));
    expect(all[3]?.error).toMatchObject({ code: 'TIMEOUT' });
    expect(all[5]?.error).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('joined APPENDs that are refused', () => {
  it.each(['NO', 'BAD'])('are each sent alone, before what was called for later (%s)', async (status) => {
    const { dialogue, append } = ready();
    const all = [append('one'), append('two'), append('three')];
    const behind = dialogue.run(command('RENAME'));
    append('four');
    append('five');
    await dialogue.turn();
    dialogue.lines(`A7 ${status} [OVERQUOTA] one of them is too much`);
    expect(await dialogue.turn()).toBe(
      'A1 APPEND "a" {3+}\r\none\r\nA2 APPEND "a" {3+}\r\ntwo\r\nA3 APPEND "a" {5+}\r\nthree\r\n' +
        'A4 RENAME\r\nA8 APPEND "a" {4+}\r\nfour {4+}\r\nfive\r\n',
    );
    dialogue.lines('A1 OK [APPENDUID 7 1] done', 'A2 NO [OVERQUOTA] too much', 'A3 OK [APPENDUID 7 2] done', 'A4 OK x');
    await turn();
    expect(values(all)).toEqual([{ uid: 1, uidValidity: 7 }, undefined, { uid: 2, uidValidity: 7 }]);
    expect(all[1]?.error).toBeInstanceOf(CommandError);
    expect(all[1]?.error).toMatchObject({ command: 'APPEND', text: 'too much', responseCode: { name: 'OVERQUOTA' } });
    expect(behind.state).toBe('resolved');
  });

  it('are not sent again where they were given up', async () => {
    const { dialogue, append } = ready();
    const controllers = [1, 2, 3].map(() => new AbortController());
    const all = controllers.map(({ signal }, at) => append(String(at), {}, { signal }));
    await dialogue.turn();
    controllers[1]?.abort(new Error('mine'));
    await turn();
    expect(all.map(({ state }) => state)).toEqual(['pending', 'rejected', 'pending']);
    dialogue.lines('A4 NO no');
    expect(await dialogue.turn()).toBe('A1 APPEND "a" {1+}\r\n0\r\nA3 APPEND "a" {1+}\r\n2\r\n');
    controllers[0]?.abort(new Error('mine'));
    dialogue.lines('A1 OK [APPENDUID 7 1] done', 'A3 OK [APPENDUID 7 2] done');
    await turn();
    expect(all.map(({ settled }) => settled)).toEqual([1, 1, 1]);
    expect(all[2]?.value).toEqual({ uid: 2, uidValidity: 7 });
    expect(dialogue.session.operations).toBe(0);
  });

  it('are sent again in the order in which they were called for', async () => {
    const { dialogue, append } = ready(`${OFFERED} SAVELIMIT=2`);
    for (const content of ['1', '2', '3', '4', '5', '6']) append(content);
    await dialogue.turn();
    dialogue.lines('A7 NO no', 'A9 NO no', 'A8 NO no');
    const sent = [...(await dialogue.turn()).matchAll(/A\d+/g)].map(([tag]) => tag).join(' ');
    expect(sent).toBe('A1 A2 A3 A4 A5 A6');
  });

  it('are not sent again where they are given up before their turn comes', async () => {
    const { dialogue, append } = ready('LITERAL- MULTIAPPEND');
    const controller = new AbortController();
    const all = ['one', 'two', 'three'].map((content) => append(content, {}, { signal: controller.signal }));
    append('x'.repeat(4097));
    await dialogue.turn();
    dialogue.lines('A5 NO no');
    expect(await dialogue.turn()).toBe('');
    controller.abort(new Error('mine'));
    await turn();
    expect(all.map(({ state }) => state)).toEqual(['rejected', 'rejected', 'rejected']);
    dialogue.lines('+ go on');
    expect((await dialogue.turn()).replace(/x+/, 'x')).toBe('x\r\n');
    dialogue.lines('A4 OK done');
    expect(dialogue.session.operations).toBe(0);
  });
});

describe('beside joined APPENDs', () => {
  it('nothing that was called for later begins, and no later APPEND comes before that', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(1, OFFERED);
    const append = appending(dialogue);
    append('1');
    append('2');
    expect(await dialogue.turn()).toBe('A5 APPEND "a" {1+}\r\n1 {1+}\r\n2\r\n');
    append('3');
    dialogue.run(inMailbox('SEARCH'), { mailbox });
    append('4');
    append('5');
    expect(await dialogue.turn()).toBe('A6 APPEND "a" {1+}\r\n3\r\n');
    dialogue.lines('A6 OK done');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A5 OK done');
    expect(await dialogue.turn()).toBe('A7 SEARCH\r\nA10 APPEND "a" {1+}\r\n4 {1+}\r\n5\r\n');
  });
});

describe('joined APPENDs whose connection is lost', () => {
  it('may have been stored', async () => {
    const { dialogue, append } = ready();
    const all = [append('one'), append('two')];
    await dialogue.turn();
    dialogue.session.ended();
    await turn();
    for (const { error } of all) {
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({ maybeExecuted: true, message: 'APPEND: The server closed the connection' });
    }
    // What one caller does to it the other does not see.
    expect(all[0]?.error).not.toBe(all[1]?.error);
  });

  it('were not stored where they were not sent to the end, or were refused before', async () => {
    const { dialogue, append } = ready();
    const all = [append('one'), append(Buffer.alloc(MEGABYTE / 2, 'x'))];
    dialogue.transport.full = true;
    await dialogue.turn();
    dialogue.session.ended();
    await turn();
    expect(all.map(({ error }) => error.maybeExecuted)).toEqual([false, false]);
    const other = ready();
    const refused = [other.append('one'), other.append('two')];
    await other.dialogue.turn();
    other.dialogue.lines('A3 NO no', '* BYE enough');
    await turn();
    other.dialogue.session.ended();
    await turn();
    expect(refused.map(({ error }) => error)).toMatchObject([
      { code: 'BYE', maybeExecuted: false },
      { code: 'BYE', maybeExecuted: false },
    ]);
  });
});
