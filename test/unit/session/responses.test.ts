import { describe, expect, it, vi } from 'vitest';
import { Idle } from '../../../src/commands/idle.ts';
import type { Command, UntaggedReader } from '../../../src/session/command.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import type { FetchData } from '../../../src/syntax/fetch-item.ts';
import { readNumber } from '../../../src/wire/number.ts';
import { chunkings, feed } from '../wire/chunks.ts';
import { command, Dialogue, inMailbox, nothing, tagsIn } from './dialogue.ts';

/** Collects the rest of every response of this name. */
function taking(name: string, took: string[]): Command<string> {
  return command(
    `TAKE ${name}`,
    {},
    {
      untagged: {
        [name]: (reader, number) => {
          reader.skipSpaces();
          took.push(number === 0 ? reader.rest() : `${number} ${reader.rest()}`);
          return true;
        },
      },
    },
  );
}

/** Takes one value, of any form. */
const readsValue: UntaggedReader = (reader) => {
  reader.skipSpaces();
  reader.skipValue();
  return true;
};

/** Takes FETCH data of this UID. */
function fetching(uid: number, took: FetchData[], name = 'UID FETCH'): Command<string> {
  return inMailbox(name, {
    fetch: (data) => {
      if (data.uid !== uid) return false;
      took.push(data);
      return true;
    },
  });
}

describe('tags', () => {
  it('go out in order, many commands in one write', async () => {
    const dialogue = Dialogue.ready();
    const running = Array.from({ length: 5 }, (_, n) => dialogue.run(command(`C${n}`)));
    await dialogue.turn().then((text) => {
      expect(text).toBe('A1 C0\r\nA2 C1\r\nA3 C2\r\nA4 C3\r\nA5 C4\r\n');
    });
    dialogue.lines('A1 OK a', 'A2 OK b', 'A3 OK c', 'A4 OK d', 'A5 OK e');
    expect(await Promise.all(running.map(({ promise }) => promise))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('share one write', async () => {
    const dialogue = Dialogue.ready();
    for (let n = 0; n < 100; n++) dialogue.run(command('NOOP'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(dialogue.transport.writes).toHaveLength(1);
  });

  it('settle their own command, answered in any order', async () => {
    const dialogue = Dialogue.ready();
    const [first, second, third] = [command('C1'), command('C2'), command('C3')].map((one) => dialogue.run(one));
    await dialogue.turn();
    dialogue.lines('A3 OK third', 'A1 NO [TRYCREATE] first', 'A2 BAD second');
    await dialogue.turn();
    expect(third?.value).toBe('third');
    expect(first?.error).toMatchObject({
      name: 'CommandError',
      code: 'TRYCREATE',
      status: 'NO',
      command: 'C1',
      text: 'first',
      responseCode: { name: 'TRYCREATE' },
      message: 'C1: the server answered NO [TRYCREATE] first',
    });
    expect(second?.error).toMatchObject({ name: 'CommandError', code: 'BAD', status: 'BAD', text: 'second' });
    expect(dialogue.session.operations).toBe(0);
    expect(dialogue.session.closed).toBe(false);
  });

  it.each([
    ['without text', 'A1 OK', ''],
    ['with a code and no text', 'A1 OK [READ-WRITE]', ''],
    ['with nothing before the code', 'A1 OK[READ-WRITE] done', 'done'],
    ['in lower case', 'A1 ok done', 'done'],
    ['behind spaces', '  A1   OK   done', 'done'],
    ['with a code that can not be read', 'A1 OK [X ~a{5} done', '[X ~a{5} done'],
    ['with a code that does not end', 'A1 OK [X done', '[X done'],
    ['with 8-bit text', 'A1 OK d\xc3\xb6ne', 'döne'],
  ])('%s', async (_, line, text) => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('NOOP'));
    await dialogue.turn();
    dialogue.lines(line);
    await dialogue.turn();
    expect(running.outcome).toEqual({ state: 'resolved', value: text });
  });

  it.each([
    ['one space', 'A1 OK [UIDNOTSTICKY] done'],
    ['two spaces', 'A1 OK  [UIDNOTSTICKY] done'],
    ['no space', 'A1 OK[UIDNOTSTICKY] done'],
  ])('keep their code behind %s', async (_, line) => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('NOOP', {}, { finish: ({ code, text }) => `${code?.name}: ${text}` }));
    await dialogue.turn();
    dialogue.lines(line);
    await dialogue.turn();
    expect(running.outcome).toEqual({ state: 'resolved', value: 'UIDNOTSTICKY: done' });
  });

  it('that were answered before are ignored, and told in the log', async () => {
    const dialogue = Dialogue.ready();
    const [first, second] = [dialogue.run(command('C1')), dialogue.run(command('C2'))];
    await dialogue.turn();
    dialogue.lines('A1 OK once', 'A1 NO twice', 'A2 OK');
    await dialogue.turn();
    expect([first.value, second.value, first.settled]).toEqual(['once', '', 1]);
    expect(dialogue.logged('note')).toEqual(['A second answer to a command was ignored: A1 NO twice']);
  });

  it('that were never sent end the connection', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('NOOP'));
    await dialogue.turn();
    dialogue.lines('A2 OK what?');
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'ProtocolError', code: 'UNKNOWN_TAG', excerpt: 'A2 OK what?' });
    expect(dialogue.transport.closed).toBe(true);
  });

  it('of a command that still waits do not count as its answer', async () => {
    const dialogue = Dialogue.ready();
    const login = dialogue.run(command('LOGIN', { alone: true }));
    const waiting = dialogue.run(command('NOOP'));
    expect(await dialogue.turn()).toBe('A1 LOGIN\r\n');
    dialogue.lines('A2 OK too early');
    await dialogue.turn();
    expect([login.state, waiting.state]).toEqual(['pending', 'pending']);
    dialogue.lines('A1 OK');
    expect(await dialogue.turn()).toBe('A2 NOOP\r\n');
  });

  it('with what is no status are refusals, and the connection lives', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('NOOP'));
    await dialogue.turn();
    dialogue.lines('A1 MAYBE later');
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'CommandError', status: 'BAD', text: 'MAYBE later' });
    const bare = dialogue.run(command('NOOP'));
    await dialogue.turn();
    dialogue.lines('A2');
    await dialogue.turn();
    expect(bare.error).toMatchObject({ name: 'CommandError', status: 'BAD', text: '' });
    expect(dialogue.session.closed).toBe(false);
  });

  it('without a tag are of the only command that waits for one, if it is done by no more than that', async () => {
    const dialogue = Dialogue.ready();
    const [first, second] = [dialogue.run(command('C1')), dialogue.run(command('C2'))];
    await dialogue.turn();
    dialogue.lines(' OK whose?', 'A1 OK');
    await first.promise;
    expect(second.state).toBe('pending');
    dialogue.lines(' ok its own');
    expect(await second.promise).toBe('its own');
    const trusted = dialogue.run(command('LOGIN', {}, { secrets: [] }));
    await dialogue.turn();
    dialogue.lines(' OK come in', 'A3 NO');
    await dialogue.turn();
    expect(trusted.error).toMatchObject({ name: 'CommandError', status: 'NO' });
    const { dialogue: other, mailbox } = await Dialogue.selected(1, 'IDLE');
    const idling = other.run(new Idle({ begun: () => {} }), { mailbox, background: true });
    await other.turn();
    other.lines('+ idling', ' OK still here');
    await other.turn();
    expect(idling.state).toBe('pending');
    expect([dialogue, other].map(({ unknown }) => unknown.map(({ text }) => text))).toEqual([
      [' OK whose?', ' OK come in'],
      [' OK still here'],
    ]);
  });

  it('with BYE end the connection, for the reason that the server gives', async () => {
    const dialogue = Dialogue.ready();
    const [first, second] = [dialogue.run(command('NOOP')), dialogue.run(command('NOOP'))];
    await dialogue.turn();
    dialogue.lines('A1 BYE [UNAVAILABLE] going down', 'A2 OK');
    await dialogue.turn();
    for (const { error } of [first, second]) {
      expect(error).toMatchObject({ name: 'ConnectionError', code: 'BYE', responseCode: { name: 'UNAVAILABLE' } });
      expect(error).toMatchObject({ message: expect.stringContaining('going down') });
    }
    expect(dialogue.session.closed).toBe(true);
  });

  it('with PREAUTH break the grammar, and the connection ends', async () => {
    const dialogue = Dialogue.ready();
    const [first, second] = [dialogue.run(command('NOOP')), dialogue.run(command('NOOP'))];
    await dialogue.turn();
    dialogue.lines('A1 PREAUTH logging out', 'A2 OK');
    await dialogue.turn();
    for (const { error } of [first, second])
      expect(error).toMatchObject({ name: 'ProtocolError', code: 'TAGGED_STATUS' });
    expect(dialogue.session.closed).toBe(true);
  });
});

describe('a message number that is none', () => {
  it.each(['* 2.6 EXPUNGE', '* 2e0 EXPUNGE', '* 4294967297 EXPUNGE'])('names no message: %s', async (line) => {
    const { dialogue, mailbox } = await Dialogue.selected(5);
    dialogue.lines(line, '* OK');
    await dialogue.turn();
    expect(mailbox.exists).toBe(5);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual([line]);
  });
});

describe('untagged data', () => {
  it('belongs to the command that reads it, whatever other commands are in flight', async () => {
    const dialogue = Dialogue.ready();
    const [early, late]: string[][] = [[], []];
    const first = dialogue.run(taking('EARLY', early ?? []));
    const second = dialogue.run(taking('LATE', late ?? []));
    await dialogue.turn();
    dialogue.lines('* LATE 1', '* 7 EARLY 1', '* late 2', 'A2 OK second', '*  EARLY 2', 'A1 OK first');
    expect(await Promise.all([first.promise, second.promise])).toEqual(['first', 'second']);
    expect([early, late]).toEqual([
      ['7 1', '2'],
      ['1', '2'],
    ]);
    expect(dialogue.unknown).toEqual([]);
  });

  it('that one command declines is offered to the next', async () => {
    const dialogue = Dialogue.ready();
    const declined = dialogue.run(command('A', {}, { untagged: { DATA: () => false } }));
    const took: string[] = [];
    const taken = dialogue.run(taking('DATA', took));
    await dialogue.turn();
    dialogue.lines('* DATA x', 'A1 OK', 'A2 OK');
    await Promise.all([declined.promise, taken.promise]);
    expect(took).toEqual(['x']);
  });

  it('may be as long as its own limits allow, and all of a command’s no longer than that', async () => {
    const dialogue = Dialogue.ready();
    const read = vi.fn();
    const running = dialogue.run(command('C1', {}, { untagged: { DATA: read } }));
    await dialogue.turn();
    const most = Buffer.alloc((64 << 20) + 1, 'x');
    dialogue.session.receive(Buffer.from(`* DATA {${most.length}}\r\n`));
    dialogue.session.receive(most);
    dialogue.lines('');
    expect([read.mock.calls.length, dialogue.session.closed]).toEqual([1, false]);
    dialogue.lines('* DATA');
    await expect(running.promise).rejects.toMatchObject({ code: 'LIMIT_RESPONSES' });
  });

  it('that nobody claims is an event, literals included', async () => {
    const dialogue = Dialogue.ready();
    dialogue.receive('* 12 XFOO (a {3}\r\nb\r\n "c")\r\n* XBAR\r\n* {5}\r\nhello rest\r\n');
    dialogue.lines('* SEARCH 1 2 3', '* LIST () "/" a');
    expect(dialogue.unknown).toEqual([
      { name: 'XFOO', number: 12, text: '* 12 XFOO (a {3}\r\n "c")', literals: [Buffer.from('b\r\n')] },
      { name: 'XBAR', text: '* XBAR', literals: [] },
      { name: '', text: '* {5}\r\n rest', literals: [Buffer.from('hello')] },
      { name: 'SEARCH', text: '* SEARCH 1 2 3', literals: [] },
      { name: 'LIST', text: '* LIST () "/" a', literals: [] },
    ]);
    expect(dialogue.session.closed).toBe(false);
  });

  it('is collected as it came by a command that asks for it by name', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: string[] = [];
    const running = dialogue.run(
      command('X', {}, { collects: new Set(['XFOO', 'EXISTS', 'FETCH']), collect: ({ text }) => took.push(text) }),
    );
    await dialogue.turn();
    dialogue.lines('* XFOO 1', '* XBAR', '* 4 EXISTS', '* 1 FETCH (UID 5)', 'A3 OK');
    await running.promise;
    expect(took).toEqual(['* XFOO 1', '* 4 EXISTS', '* 1 FETCH (UID 5)']);
    expect(mailbox.exists).toBe(4);
    expect(dialogue.unknown.map(({ name }) => name)).toEqual(['XBAR']);
  });

  it('that is a FETCH is not collected by a command that asks for other data', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const events: unknown[] = [];
    mailbox.listeners.on('flags', (event) => events.push(event));
    const took: string[] = [];
    const collects = new Set(['XFOO', 'UIDFETCH']);
    const running = dialogue.run(command('X', {}, { collects, collect: ({ text }) => took.push(text) }));
    await dialogue.turn();
    dialogue.lines('* XFOO', '* 1 FETCH (FLAGS (a))', 'A3 OK');
    await running.promise;
    expect(took).toEqual(['* XFOO']);
    expect(events).toEqual([{ seq: 1, flags: new Set(['a']) }]);
  });

  it('of messages is passed over where no mailbox is selected', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('NOOP'));
    await dialogue.turn();
    dialogue.lines('* 1 FETCH (FLAGS (a))', '* 5 UIDFETCH (FLAGS (a))', '* 1 FETCH (FLAGS (a', 'A1 OK done');
    expect(await running.promise).toBe('done');
    expect(dialogue.unknown.map(({ text }) => text)).toEqual(['* 1 FETCH (FLAGS (a']);
  });

  it.each([['UIDFETCH'], ['FETCH']])('is collected where it is a UIDFETCH and %s was asked for', async (name) => {
    const { dialogue } = await Dialogue.selected(3);
    const took: string[] = [];
    const collects = new Set([name]);
    const running = dialogue.run(command('X', {}, { collects, collect: ({ text }) => took.push(text) }));
    await dialogue.turn();
    dialogue.lines('* 5 UIDFETCH (FLAGS ())', 'A3 OK');
    await running.promise;
    expect(took).toEqual(['* 5 UIDFETCH (FLAGS ())']);
  });

  it('is the same however the bytes are cut', async () => {
    const wire = '* 2 EXISTS\r\n* 1 FETCH (UID 9 BODY[] {4}\r\nA\r\nB)\r\n* X {1}\r\n! (\r\nA3 OK [ALERT] done\r\n';
    for (const { name, chunks } of chunkings(wire)) {
      const { dialogue, mailbox } = await Dialogue.selected(1);
      const took: FetchData[] = [];
      const running = dialogue.run(fetching(9, took), { mailbox });
      await dialogue.turn();
      feed(dialogue.session, chunks);
      expect(await running.promise, name).toBe('done');
      expect(
        took.map(({ sections }) => sections?.[0]?.bytes?.toString()),
        name,
      ).toEqual(['A\r\nB']);
      expect(dialogue.unknown, name).toEqual([{ name: 'X', text: '* X {1}\r\n (', literals: [Buffer.from('!')] }]);
      expect([mailbox.exists, dialogue.alerts], name).toEqual([2, ['done']]);
    }
  });
});

describe('FETCH data', () => {
  it('go to the command that asked for this message', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const [five, six]: FetchData[][] = [[], []];
    const events: unknown[] = [];
    mailbox.listeners.on('flags', (event) => events.push(event));
    const first = dialogue.run(fetching(5, five ?? []), { mailbox });
    const second = dialogue.run(fetching(6, six ?? []), { mailbox });
    await dialogue.turn();
    dialogue.lines('* 2 FETCH (UID 6 FLAGS (a))', '* 1 FETCH (UID 5)', '* 3 FETCH (UID 7 FLAGS (b) MODSEQ (9))');
    dialogue.lines('* 3 FETCH (FLAGS (c))', '* 3 FETCH (UID 7 RFC822.SIZE 5)', 'A3 OK', 'A4 OK');
    await Promise.all([first.promise, second.promise]);
    expect([five?.map(({ seq }) => seq), six?.map(({ seq }) => seq)]).toEqual([[1], [2]]);
    expect(events).toEqual([
      { seq: 3, uid: 7, flags: new Set(['b']), modseq: 9n },
      { seq: 3, flags: new Set(['c']) },
    ]);
    expect(dialogue.unknown).toEqual([]);
  });

  it('have their names in any case of letters', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: FetchData[] = [];
    const running = dialogue.run(fetching(5, took), { mailbox });
    await dialogue.turn();
    dialogue.lines('* 1 fetch (uid 5 Flags ())', '* 2 Fetch (UID 6)', 'A3 OK');
    await running.promise;
    expect(took).toEqual([{ seq: 1, uid: 5, flags: new Set() }]);
    expect(dialogue.unknown).toEqual([]);
  });

  it('answer STORE', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: FetchData[] = [];
    const running = dialogue.run(fetching(5, took, 'UID STORE'), { mailbox });
    await dialogue.turn();
    dialogue.lines('* 1 FETCH (UID 5 FLAGS (\\Seen))', 'A3 OK');
    await running.promise;
    expect(took.map(({ flags }) => flags)).toEqual([new Set(['\\Seen'])]);
  });

  it('of no message of the mailbox are nobody’s', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: FetchData[] = [];
    const events: unknown[] = [];
    mailbox.listeners.on('flags', (event) => events.push(event));
    const running = dialogue.run(fetching(5, took), { mailbox });
    await dialogue.turn();
    dialogue.lines('* 0 FETCH (UID 5 FLAGS ())', '* 4 FETCH (UID 5 FLAGS ())', '* FETCH (UID 5 FLAGS ())');
    // Nor of one that can not be read as a whole.
    dialogue.lines('* 4 FETCH (RFC822.SIZE many UID 5 FLAGS ())', 'A3 OK');
    await running.promise;
    expect([took, events]).toEqual([[], []]);
  });

  it('that can not be read are dropped whole', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: FetchData[] = [];
    const running = dialogue.run(fetching(5, took), { mailbox });
    await dialogue.turn();
    dialogue.lines('* 1 FETCH (UID 5 FLAGS (a) RFC822.SIZE )(', '* 1 FETCH (UID 5 FLAGS (b))', 'A3 OK');
    await running.promise;
    expect(took.map(({ flags }) => flags)).toEqual([new Set(['b'])]);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual(['* 1 FETCH (UID 5 FLAGS (a) RFC822.SIZE )(']);
  });
});

describe('a response that can not be read', () => {
  it('is told as unknown, and the next one is read', async () => {
    const dialogue = Dialogue.ready();
    const took: string[] = [];
    const running = dialogue.run(
      command(
        'X',
        {},
        {
          leavesOut: true,
          untagged: {
            NUMBER: (reader) => {
              reader.space();
              took.push(String(readNumber(reader)));
              return true;
            },
          },
        },
      ),
    );
    await dialogue.turn();
    dialogue.lines('* NUMBER one', '* NUMBER 2', '* NUMBER (', '* 5', '*', '* ', '* NUMBER', 'A1 OK');
    await running.promise;
    expect(took).toEqual(['2']);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual([
      '* NUMBER one',
      '* NUMBER (',
      '* 5',
      '*',
      '* ',
      '* NUMBER',
    ]);
  });

  it('fails the command that it names, or the oldest that it may belong to, unless the next line completes it', async () => {
    const dialogue = Dialogue.ready();
    const untagged: Command<string>['untagged'] = { VALUE: readsValue };
    const [first, second, third] = [1, 2, 3].map(() => dialogue.run(command('X', {}, { untagged })));
    const fourth = dialogue.run(command('X', {}, { untagged, answers: () => true }));
    await dialogue.turn();
    dialogue.lines(
      '* VALUE ("A2"',
      '* VALUE "a',
      'b"',
      'A1 OK',
      '* OK',
      'A2 OK',
      '* VALUE (',
      'A3 OK done',
      '* VALUE (',
      'A4 NO',
    );
    await dialogue.turn();
    expect(first?.state).toBe('resolved');
    expect(second?.error).toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
    expect(third?.error).toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
    expect(fourth.error).toMatchObject({ name: 'ImapError', code: 'UNREADABLE' });
    expect(dialogue.session.closed).toBe(false);
  });

  it('is told at once where there is nothing of it', () => {
    const dialogue = Dialogue.ready();
    for (const line of ['*', '* ', '*   ']) {
      dialogue.lines(line);
      expect(dialogue.unknown.splice(0)).toEqual([{ name: '', text: line, literals: [] }]);
    }
  });

  it('ends the connection where it breaks a limit', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('X', {}, { untagged: { DEEP: readsValue } }));
    await dialogue.turn();
    dialogue.lines(`* DEEP ${'('.repeat(101)}${')'.repeat(101)}`);
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'ProtocolError', code: 'LIMIT_DEPTH' });
    expect(dialogue.session.closed).toBe(true);
  });

  it('ends the connection where the reading itself fails', async () => {
    const dialogue = Dialogue.ready();
    const cause = new TypeError('a mistake');
    const mistaken = () => {
      throw cause;
    };
    const running = dialogue.run(command('X', {}, { untagged: { DATA: mistaken } }));
    await dialogue.turn();
    dialogue.lines('* DATA', 'A1 OK');
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'ImapError', code: 'INTERNAL', cause });
    const { dialogue: other } = await Dialogue.selected(1);
    const fetching = other.run(command('X', {}, { fetch: mistaken }));
    await other.turn();
    other.lines('* 1 FETCH (FLAGS ())', 'A3 OK');
    await other.turn();
    expect(fetching.error).toMatchObject({ name: 'ImapError', code: 'INTERNAL', cause });
  });
});

describe('tolerances', () => {
  const readsStrings = (took: string[], count: number): Command<string> =>
    command(
      'X',
      {},
      {
        untagged: {
          DATA: (reader) => {
            const values: string[] = [];
            for (let index = 0; index < count; index++) {
              reader.space();
              values.push(String(reader.nstringBytes()));
            }
            reader.skipSpaces();
            if (reader.peek() !== -1) reader.fail('the end');
            took.push(...values);
            return true;
          },
        },
      },
    );

  it.each([
    ['a line end within a quoted string', 1, '* DATA "one\r\ntwo"\r\n', ['one\r\ntwo']],
    ['several', 1, '* DATA "one\r\n\r\n two\r\nthree"\r\n* DATA x\r\n', ['one\r\n\r\n two\r\nthree', 'x']],
    ['a line that begins as a tag', 1, '* DATA "one\r\nA1 two"\r\n', ['one\r\nA1 two']],
    ['a line that begins as a tag that was never sent', 1, '* DATA "one\r\nA9 two"\r\n', ['one\r\nA9 two']],
    ['a line that begins as a response code', 1, '* DATA "one\r\n[two"\r\n', ['one\r\n[two']],
    ['a line that begins as an answer without its tag', 1, '* DATA "one\r\n OK two"\r\n', ['one\r\n OK two']],
    ['a literal that was counted two bytes short', 1, '* DATA {3}\r\nabc\r\n\r\n', ['abc']],
    ['such a literal, and more behind it', 2, '* DATA {3}\r\nabc\r\n "d"\r\n', ['abc', 'd']],
    [
      'a line end within a quoted string behind a literal',
      2,
      '* DATA {3}\r\nabc "d\r\n\r\ne"\r\n',
      ['abc', 'd\r\n\r\ne'],
    ],
  ])('%s', async (_, count, wire, expected) => {
    const dialogue = Dialogue.ready();
    const took: string[] = [];
    const running = dialogue.run(readsStrings(took, count));
    await dialogue.turn();
    dialogue.receive(wire);
    dialogue.lines('A1 OK');
    await running.promise;
    expect(took).toEqual(expected);
  });

  it('a FETCH literal that was counted two bytes short', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const took: FetchData[] = [];
    const running = dialogue.run(fetching(5, took), { mailbox });
    await dialogue.turn();
    dialogue.receive('* 1 FETCH (UID 5 BODY[] {8}\r\nabcdefgh\r\n)\r\nA3 OK\r\n');
    await running.promise;
    expect(took.map(({ sections }) => String(sections?.[0]?.bytes))).toEqual(['abcdefgh']);
    // The FETCH was complete without it.
    expect(dialogue.unknown.map(({ text }) => text)).toEqual([')']);
  });

  it('lines that complete nothing are told one by one', async () => {
    const dialogue = Dialogue.ready();
    dialogue.lines('* DATA "one', 'two', '* OK three', 'four', '', ' ', 'CAPABILITY completed.', ' OK IDLE completed.');
    dialogue.lines('XA9 OK', '* DATA "five', '+ six', 'seven"');
    expect(dialogue.unknown.map(({ text }) => text)).toEqual([
      '* DATA "one',
      'two',
      'four',
      'CAPABILITY completed.',
      ' OK IDLE completed.',
      'XA9 OK',
      '* DATA "five',
      'seven"',
    ]);
  });

  it('joins only so many lines and so many characters', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(command('X', {}, { untagged: { DATA: readsValue } }));
    await dialogue.turn();
    dialogue.lines('* DATA "', ...Array.from({ length: 40 }, (_, n) => `line ${n}`));
    expect(dialogue.unknown[0]?.text.split('\r\n')).toHaveLength(33);
    expect(dialogue.unknown.slice(1).map(({ text }) => text)).toEqual(
      Array.from({ length: 8 }, (_, n) => `line ${n + 32}`),
    );
    dialogue.unknown.length = 0;
    dialogue.lines('* DATA "', 'a'.repeat(60_000), 'b'.repeat(10_000), 'c');
    expect(dialogue.unknown.map(({ text }) => text.length)).toEqual([60_010, 10_000, 1]);
  });

  it.each(['[COPYUID 55 31 6]', '* [COPYUID 55 31 6]', '* OK [COPYUID 55 31 6] done'])('%s', async (line) => {
    const dialogue = Dialogue.ready();
    const codes: unknown[] = [];
    const running = dialogue.run(command('MOVE', {}, { code: (code) => codes.push(code) > 0 }));
    await dialogue.turn();
    dialogue.lines(line, 'A1 OK');
    await running.promise;
    expect(codes).toEqual([expect.objectContaining({ name: 'COPYUID', args: '55 31 6' })]);
    expect(dialogue.unknown).toEqual([]);
  });

  it('a response code on a line of its own behind a response that can not be read', () => {
    const dialogue = Dialogue.ready();
    dialogue.lines('* DATA "', '[ALERT]', '* OK');
    expect(dialogue.unknown.map(({ text }) => text)).toEqual(['* DATA "']);
    expect(dialogue.alerts).toEqual(['']);
  });
});

describe('status responses', () => {
  it('tell alerts, tagged or not, of an authenticated and secured server only', async () => {
    const dialogue = Dialogue.ready();
    const refused = dialogue.run(command('X'));
    await dialogue.turn();
    dialogue.lines(
      '* OK [ALERT] one',
      '* NO [ALERT] two',
      '* OK [alert] three',
      '* OK ALERT four',
      'A1 NO [ALERT] five',
    );
    await dialogue.turn();
    expect(dialogue.alerts).toEqual(['one', 'two', 'three', 'five']);
    expect(refused.error.code).toBe('ALERT');
    dialogue.session.state.secure = false;
    dialogue.lines('* OK [ALERT] six');
    dialogue.session.state.secure = true;
    dialogue.session.state.authenticated = false;
    dialogue.lines('* OK [ALERT] seven');
    expect(dialogue.alerts).toHaveLength(4);
  });

  it('tell how far a command is', async () => {
    const dialogue = Dialogue.ready();
    const [first, second]: unknown[][] = [[], []];
    dialogue.run(command('C1'), { progress: (...args) => first?.push(args) });
    const other = dialogue.run(command('C2'), { progress: (...args) => second?.push(args) });
    await dialogue.turn();
    dialogue.lines('* OK [INPROGRESS ("A2" 1 3)] still', '* OK [INPROGRESS (NIL 5 NIL)] on it', '* OK [INPROGRESS] hm');
    dialogue.lines('* OK [INPROGRESS ("A9" 1 3)] no', 'A2 OK', '* OK [INPROGRESS ("A2" 2 3)] late');
    await other.promise;
    expect([first, second]).toEqual([[[5, undefined]], [[1, 3]]]);
  });

  it('tell nobody who has given up how far a command is', async () => {
    const dialogue = Dialogue.ready();
    const told: unknown[] = [];
    const giving = new AbortController();
    const progress = (...args: unknown[]) => told.push(args);
    const { promise } = dialogue.run(command('C1'), { progress, signal: giving.signal });
    await dialogue.turn();
    giving.abort();
    dialogue.lines('* OK [INPROGRESS ("A1" 1 3)] still');
    await expect(promise).rejects.toBe(giving.signal.reason);
    expect(told).toEqual([]);
  });

  it('tell how far a SELECT is to who needs it first, as long as he waits', async () => {
    const dialogue = Dialogue.ready();
    const mailbox = new MailboxState('INBOX', false);
    const told: unknown[][] = [];
    const giving = new AbortController();
    const progress = (...args: unknown[]) => told.push(args);
    const opened = dialogue.run(nothing(), { mailbox, progress, signal: giving.signal });
    const behind = dialogue.run(inMailbox('C2'), { mailbox, progress });
    const [tag] = tagsIn(await dialogue.turn());
    dialogue.lines(`* OK [INPROGRESS ("${tag}" 454 1000)] still`, '* OK [INPROGRESS (NIL 455 NIL)] still');
    giving.abort();
    dialogue.lines(`* OK [INPROGRESS ("${tag}" 999 1000)] still`, `${tag} OK selected`);
    const [next] = tagsIn(await dialogue.turn());
    dialogue.lines(`* OK [INPROGRESS ("${next}" 1 2)] still`, `${next} OK`);
    await behind.promise;
    expect(opened.state).toBe('rejected');
    expect(told).toEqual([
      [454, 1000],
      [455, undefined],
      [1, 2],
    ]);
  });

  it('without a code, or with one that nobody knows, pass', () => {
    const dialogue = Dialogue.ready();
    dialogue.lines(
      '* OK',
      '* OK still here',
      '* NO disk is full',
      '* BAD you',
      '* OK [XFOO a "b]" c] d',
      '* PREAUTH again',
    );
    expect([dialogue.unknown, dialogue.session.closed]).toEqual([[], false]);
  });
});

describe('capabilities and extensions', () => {
  it('are what was told last', async () => {
    const dialogue = new Dialogue();
    const { state } = dialogue.session;
    expect(state.capabilitiesKnown).toBe(false);
    dialogue.lines('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi');
    expect([state.capabilitiesKnown, [...state.capabilities.names]]).toEqual([true, ['IMAP4REV1', 'STARTTLS']]);
    dialogue.lines('* CAPABILITY IMAP4rev1 idle ID ');
    expect([...state.capabilities.names]).toEqual(['IMAP4REV1', 'IDLE', 'ID']);
    const login = dialogue.run(command('LOGIN'));
    await dialogue.turn();
    dialogue.lines('A1 OK [CAPABILITY IMAP4rev1 MOVE] in');
    await login.promise;
    expect([...state.capabilities.names]).toEqual(['IMAP4REV1', 'MOVE']);
    const refused = dialogue.run(command('LOGIN'));
    await dialogue.turn();
    dialogue.lines('A2 NO [CAPABILITY IMAP4rev1 X] no');
    await dialogue.turn();
    expect(refused.state).toBe('rejected');
    expect([...state.capabilities.names]).toEqual(['IMAP4REV1', 'MOVE']);
    state.forgetCleartext();
    expect([state.capabilitiesKnown, state.capabilities.has('MOVE')]).toEqual([false, false]);
  });

  it('are enabled one after the other, and nothing but what was asked for', async () => {
    const dialogue = Dialogue.ready();
    const { session } = dialogue;
    expect(session.state.utf8).toBe(false);
    const lines = (line: string) => session.receive(Buffer.from(`${line}\r\n`));
    lines('* ENABLED CONDSTORE');
    expect([...session.state.enabled]).toEqual([]);
    const enables = new Set(['CONDSTORE', 'UTF8=ACCEPT', 'QRESYNC']);
    dialogue.run(command('ENABLE', {}, { enables }));
    await dialogue.turn();
    lines('* ENABLED');
    lines('* ENABLED condstore');
    lines('* ENABLED  UTF8=ACCEPT  QRESYNC ');
    expect([...session.state.enabled]).toEqual(['CONDSTORE', 'UTF8=ACCEPT', 'QRESYNC']);
    expect(session.state.utf8).toBe(true);
    lines('* ENABLED UIDONLY __proto__');
    expect(session.state.enabled.size).toBe(3);
    expect(dialogue.unknown).toEqual([]);
  });

  it('that are missing are found before a byte is sent', async () => {
    const dialogue = Dialogue.ready('MOVE');
    const [has, lacks] = [
      dialogue.run(command('MOVE', {}, { needs: 'MOVE' })),
      dialogue.run(command('ID', {}, { needs: 'ID' })),
    ];
    expect(await dialogue.turn()).toBe('A1 MOVE\r\n');
    expect(lacks.error).toMatchObject({ name: 'UsageError', code: 'MISSING_CAPABILITY' });
    expect(has.state).toBe('pending');
  });

  it('that are missing are found among several', async () => {
    const dialogue = Dialogue.ready('MOVE');
    const lacks = dialogue.run(command('X', {}, { needs: ['MOVE', 'UIDPLUS', 'ID'] }));
    expect(await dialogue.turn()).toBe('');
    expect(lacks.error).toMatchObject({ message: 'X: the server does not offer UIDPLUS' });
    dialogue.run(command('X', {}, { needs: ['MOVE'] }));
    expect(await dialogue.turn()).toContain(' X\r\n');
  });

  it('and whose answer names no status do not end the connection, whatever the command is called', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(command('+('));
    const [tag = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`${tag} WHAT +( is that`);
    await dialogue.turn();
    expect(running.error).toMatchObject({ name: 'CommandError', status: 'BAD' });
    const other = dialogue.run(command('X+'));
    const [next = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`${next} X+ completed`);
    await dialogue.turn();
    expect(other.state).toBe('resolved');
  });
});

describe('the greeting', () => {
  it.each(['* OK hi', '* PREAUTH hi', '*  ok [CAPABILITY IMAP4rev1] hi', '* OK', '* OK[X] hi', '* OK [X ~a{5}'])(
    '%s',
    async (line) => {
      const [one, other] = [new Dialogue(), new Dialogue()];
      const before = one.session.greeting();
      one.lines(line);
      other.lines(line);
      const after = other.session.greeting();
      expect((await before).status).toBe(line.includes('PREAUTH') ? 'PREAUTH' : 'OK');
      expect(await after).toEqual(await before);
    },
  );

  it.each([
    'HTTP/1.1 400 Bad Request',
    '220 mail.example ESMTP',
    '+OK POP3',
    '',
    '* BAD go away',
    '* OKAY',
    'A1 OK hi',
    '\x16\x03\x01\x02',
    '\x15\x03\x01\x02',
  ])('is not %j', async (line) => {
    const dialogue = new Dialogue();
    const greeting = dialogue.session.greeting();
    dialogue.lines(line);
    await expect(greeting).rejects.toMatchObject({ name: 'ProtocolError', code: 'NOT_IMAP' });
    await expect(dialogue.session.greeting()).rejects.toMatchObject({ code: 'NOT_IMAP' });
    expect(dialogue.transport.closed).toBe(true);
  });

  it('that says goodbye ends it', async () => {
    const dialogue = new Dialogue();
    const greeting = dialogue.session.greeting();
    dialogue.lines('* BYE [UNAVAILABLE] too busy');
    await expect(greeting).rejects.toMatchObject({
      name: 'ConnectionError',
      code: 'BYE',
      phase: 'greeting',
      message: 'The server said goodbye: [UNAVAILABLE] too busy',
    });
  });
});
