import { describe, expect, it } from 'vitest';
import { getAnnotation } from '../../../src/commands/getannotation.ts';
import { getMetadata } from '../../../src/commands/getmetadata.ts';
import { setAnnotation } from '../../../src/commands/setannotation.ts';
import { setMetadata } from '../../../src/commands/setmetadata.ts';
import { UsageError } from '../../../src/index.ts';
import { metadataCommands } from '../../../src/operations/metadata.ts';
import type { Command } from '../../../src/session/command.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

describe('GETMETADATA', () => {
  it('asks and reads (RFC 5464 §4.2)', async () => {
    const { sent, result } = await answered(
      'METADATA',
      getMetadata('INBOX', ['/shared/comment', '/private/comment'], {}, { utf8: false }),
      ['* METADATA "INBOX" (/shared/comment "Shared comment" /private/comment {2}\r\n\r\n "/private/x" NIL)'],
    );
    expect(sent).toBe('GETMETADATA "INBOX" ("/shared/comment" "/private/comment")');
    expect([...result.values]).toEqual([
      ['/shared/comment', Buffer.from('Shared comment')],
      ['/private/comment', Buffer.from('\r\n')],
      ['/private/x', null],
    ]);
  });

  it('puts its options first, and tells what was too long', async () => {
    const { sent, result } = await answered(
      'METADATA',
      getMetadata('', ['/shared/a'], { maxSize: 1024, depth: 'infinity' }, { utf8: false }),
      ['* METADATA "" (/shared/a ~{3}\r\n\0\xff\0)'],
      'OK [METADATA LONGENTRIES 2199] done',
    );
    expect(sent).toBe('GETMETADATA (MAXSIZE 1024 DEPTH infinity) "" ("/shared/a")');
    expect(result.longEntries).toBe(2199);
    expect(result.values.get('/shared/a')).toEqual(Buffer.from([0, 255, 0]));
    const one = await answered('METADATA', getMetadata('A', ['/shared/a'], { depth: 1 }, { utf8: false }), []);
    expect(one.sent).toBe('GETMETADATA (DEPTH 1) "A" ("/shared/a")');
  });

  it('leaves a change of entries that comes unasked to others', async () => {
    const lines = ['* METADATA "A" /shared/comment', '* METADATA "B" (/shared/comment "b")'];
    const { result } = await answered('METADATA', getMetadata('A', ['/shared/comment'], {}, { utf8: false }), lines);
    expect(result.values.size).toBe(0);
  });
});

describe('SETMETADATA', () => {
  it('sends each value in the plainest form that holds it (RFC 5464 §4.3)', async () => {
    const { sent } = await answered(
      'METADATA LITERAL+',
      setMetadata('INBOX', {
        '/private/comment': 'My "new" comment',
        '/private/utf8': 'é',
        '/shared/lines': 'a\r\nb',
        '/shared/bytes': new Uint8Array([0, 255]),
        '/shared/empty': '',
        '/shared/gone': null,
      }),
      [],
    );
    expect(sent).toBe(
      'SETMETADATA "INBOX" ("/private/comment" "My \\"new\\" comment" "/private/utf8" {2+}\r\n\xc3\xa9 ' +
        '"/shared/lines" {4+}\r\na\r\nb "/shared/bytes" ~{2+}\r\n\0\xff "/shared/empty" "" "/shared/gone" NIL)',
    );
  });

  it('takes whatever the RFC lets an entry hold, spaces too (§3.2)', async () => {
    const dialogue = Dialogue.ready('METADATA');
    const entry = '/private/vendor/My "App" (1)/ x';
    const set = dialogue.run(setMetadata('A', { [entry]: 'x' }));
    const got = dialogue.run(getMetadata('A', [entry], {}, dialogue.session.state));
    const quoted = '"/private/vendor/My \\"App\\" (1)/ x"';
    expect(await dialogue.turn()).toBe(`A1 SETMETADATA "A" (${quoted} "x")\r\nA2 GETMETADATA "A" (${quoted})\r\n`);
    dialogue.lines('A1 OK', `* METADATA "A" (${quoted} "x")`, 'A2 OK');
    await set.promise;
    expect(await got.promise).toEqual({ values: new Map([[entry, Buffer.from('x')]]) });
  });

  it.each([
    '',
    'private/comment',
    '/shared/a*',
    '/shared/%',
    '/shared//a',
    '/shared/a/',
    '/shared/é',
    '/shared/a\r\nb',
    '/shared/a\tb',
  ])('refuses an entry %j', async (entry) => {
    const dialogue = Dialogue.ready('METADATA');
    await expect(dialogue.run(setMetadata('A', { [entry]: 'x' })).promise).rejects.toBeInstanceOf(UsageError);
    expect(await dialogue.turn()).toBe('');
  });
});

describe('ANNOTATEMORE', () => {
  it('is asked for entries and attributes, and answers in names of METADATA', async () => {
    const { sent, result } = await answered(
      'ANNOTATEMORE',
      getAnnotation('INBOX', ['/private/comment', '/shared/a'], { maxSize: 4 }, { utf8: false }),
      [
        '* ANNOTATION "INBOX" ("/changed" "/too")',
        '* ANNOTATION "INBOX" "/comment" ("value.priv" "mine" "value.shared" NIL "size.priv" "4")',
        '* ANNOTATION INBOX /a ("value.shared" {5}\r\nlong!)',
      ],
    );
    expect(sent).toBe('GETANNOTATION "INBOX" ("/comment" "/a") ("value.priv" "value.shared")');
    expect([...result.values]).toEqual([
      ['/private/comment', Buffer.from('mine')],
      ['/shared/comment', null],
    ]);
    expect(result.longEntries).toBe(5);
  });

  it.each([
    [1, '/%'],
    ['infinity', '/*'],
  ] as const)('asks to the depth %s with %s', async (depth, below) => {
    const { sent } = await answered('ANNOTATEMORE', getAnnotation('', ['/shared/a'], { depth }, { utf8: false }), []);
    expect(sent).toBe(`GETANNOTATION "" ("/a" "/a${below}") ("value.shared")`);
  });

  it('sets all values of an entry together', async () => {
    const { sent } = await answered(
      'ANNOTATEMORE',
      setAnnotation('A', { '/private/comment': 'p', '/shared/b': null, '/shared/comment': 's' }),
      [],
    );
    expect(sent).toBe('SETANNOTATION "A" "/comment" ("value.priv" "p" "value.shared" "s") "/b" ("value.shared" NIL)');
  });

  it('has nothing that is neither private nor shared', async () => {
    const commands: Command<unknown>[] = [
      getAnnotation('A', ['/other/x'], {}, { utf8: false }),
      setAnnotation('A', { '/other/x': null }),
    ];
    const dialogue = Dialogue.ready('ANNOTATEMORE');
    for (const command of commands) await expect(dialogue.run(command).promise).rejects.toBeInstanceOf(UsageError);
  });
});

describe('client.metadata', () => {
  it.each([
    ['METADATA', 'A', /^A1 GETMETADATA "A"/],
    ['METADATA ANNOTATEMORE', 'A', /^A1 GETMETADATA "A"/],
    ['METADATA-SERVER', '', /^A1 GETMETADATA ""/],
    ['FILTERS', '', /^A1 GETMETADATA ""/],
    ['METADATA-SERVER ANNOTATEMORE', 'A', /^A1 GETANNOTATION "A"/],
    ['ANNOTATEMORE', '', /^A1 GETANNOTATION ""/],
  ])('with %s asks for %j by what there is', async (capabilities, mailbox, sent) => {
    const dialogue = Dialogue.ready(capabilities);
    const got = metadataCommands(dialogue.session).get(mailbox, '/shared/Comment');
    expect(await dialogue.turn()).toMatch(sent);
    dialogue.lines('A1 OK');
    expect([...(await got)]).toEqual([['/shared/Comment', null]]);
  });

  it.each([
    ['METADATA-SERVER', 'A'],
    ['FILTERS', 'A'],
    ['', ''],
  ])('with %j and nothing for %j is refused', async (capabilities, mailbox) => {
    const dialogue = Dialogue.ready(capabilities);
    const { get, set } = metadataCommands(dialogue.session);
    await expect(get(mailbox, '/shared/comment')).rejects.toMatchObject({ code: 'MISSING_CAPABILITY' });
    await expect(set(mailbox, { '/shared/comment': '' })).rejects.toMatchObject({ code: 'MISSING_CAPABILITY' });
    expect(await dialogue.turn()).toBe('');
  });

  it('finds entries as they were asked for, and claims no value to be missing that was too long', async () => {
    const dialogue = Dialogue.ready('METADATA');
    const got = metadataCommands(dialogue.session).get('inbox', ['/Shared/Comment', '/shared/long'], { maxSize: 9 });
    expect(await dialogue.turn()).toBe('A1 GETMETADATA (MAXSIZE 9) "INBOX" ("/Shared/Comment" "/shared/long")\r\n');
    dialogue.lines('* METADATA INBOX (/shared/comment x)', 'A1 OK [METADATA LONGENTRIES 10] done');
    const values = await got;
    expect([...values]).toEqual([['/Shared/Comment', Buffer.from('x')]]);
    expect(values.longEntries).toBe(10);
  });
});
