import { describe, expect, it } from 'vitest';
import { Changes, resynchronize } from '../../../src/commands/resynchronize.ts';
import { search } from '../../../src/commands/search.ts';
import { type SearchReturnOptions, searchReturn } from '../../../src/commands/search-return.ts';
import { unselect } from '../../../src/commands/unselect.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import type { SearchQuery } from '../../../src/syntax/search-key.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { Dialogue, tagsIn } from '../session/dialogue.ts';

/** What a search gives that is answered with these lines. */
async function found(...lines: string[]): Promise<number[]> {
  const dialogue = Dialogue.ready('IMAP4rev1');
  const running = dialogue.run(search({ all: true }, dialogue.session.state));
  const [, tag = ''] = /^(\S+) /.exec(await dialogue.turn()) ?? [];
  dialogue.lines(...lines, `${tag} OK done`);
  return running.promise;
}

describe('UID SEARCH without ESEARCH', () => {
  it.each([
    [['* SEARCH'], []],
    [['* SEARCH 1 2 9'], [1, 2, 9]],
    [['* SEARCH 9 1 2 9'], [1, 2, 9]],
    [
      ['* SEARCH 1 2', '* SEARCH 9'],
      [1, 2, 9],
    ],
    [
      ['* SEARCH 9 2', '* SEARCH 3 4'],
      [2, 3, 4, 9],
    ],
    [
      ['* SEARCH 3 4', '* SEARCH 2'],
      [2, 3, 4],
    ],
    [
      ['* SEARCH 2 3', '* SEARCH 3'],
      [2, 3],
    ],
  ])('gives what %j says in ascending order, each once', async (lines, expected) => {
    expect(await found(...lines)).toEqual(expected);
  });
});

describe('searches in flight together, with ESEARCH', () => {
  const LINES = (one: string, other: string) => [
    // Of numbers, and of a command that is none of these: nobody's.
    '* ESEARCH ALL 1',
    '* ESEARCH (TAG "A99") UID ALL 2',
    `* ESEARCH (TAG "${other}") UID ALL 7`,
    `* ESEARCH (TAG "${other}") UID ALL 1:3`,
    `${other} OK done`,
    `* ESEARCH (TAG "${one}") UID ALL 5:6`,
    `${one} OK done`,
  ];

  it('get their own, in whatever order the answers come', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9, 'ESEARCH');
    const { state } = dialogue.session;
    const found: number[][] = [];
    const both = [1, 2].map(() =>
      dialogue.run(
        search({}, state, (uids) => found.push([...uids])),
        { mailbox },
      ),
    );
    const [one = '', other = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(...LINES(one, other));
    expect(await Promise.all(both.map(({ promise }) => promise))).toEqual([[5, 6], [7]]);
    expect(found).toEqual([[7], [5, 6]]);
  });

  it('get what is asked of their own result', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9, 'ESEARCH');
    const { state } = dialogue.session;
    const both = [1, 2].map(() => dialogue.run(searchReturn({}, { count: true, max: true }, state), { mailbox }));
    const [one = '', other = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(...LINES(one, other));
    expect(await Promise.all(both.map(({ promise }) => promise))).toEqual([
      { count: 2, max: 6 },
      { count: 1, max: 7 },
    ]);
  });

  it('take one plain SEARCH each where the server tells no tags (Cyrus 2.4)', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9, 'ESEARCH');
    const { state } = dialogue.session;
    const both = [1, 2].map(() => dialogue.run(searchReturn({}, { count: true, max: true }, state), { mailbox }));
    const [one = '', other = ''] = tagsIn(await dialogue.turn());
    dialogue.lines('* SEARCH 5 6', '* SEARCH 7', '* SEARCH 8', `${one} OK done`, `${other} OK done`);
    expect(await Promise.all(both.map(({ promise }) => promise))).toEqual([
      { count: 2, max: 6 },
      { count: 1, max: 7 },
    ]);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual(['* SEARCH 8']);
  });
});

describe('a search with what only this session understands', () => {
  it.each<SearchQuery>([
    { seq: '1:3' },
    { uid: { seq: '1:3' } },
    { not: { uid: { seq: 1 } } },
    { uid: '$' },
    { seq: '$' },
    { uid: { seq: '$' } },
    { or: [{ seen: true }, { seq: '$' }] },
  ])('is not repeated on another connection: %j', (query) => {
    const { state } = Dialogue.ready('IMAP4rev1 ESEARCH SEARCHRES').session;
    expect(search(query, state).repeat?.()).toBeUndefined();
    expect(searchReturn(query, {}, state).repeat?.()).toBeUndefined();
    expect(search({ uid: '1:3', not: { seen: true } }, state).repeat?.()).toMatchObject({ name: 'UID SEARCH' });
  });

  it('or whose result is to be saved is not repeated: what is saved there is not what was saved here', () => {
    const { state } = Dialogue.ready('IMAP4rev1 ESEARCH SEARCHRES').session;
    const [saved, plain] = [true, false].map((save) => searchReturn({}, { save, count: true }, state));
    expect([saved?.repeat?.(), saved?.behaviour.savesResult]).toEqual([undefined, true]);
    expect([plain?.repeat?.()?.name, plain?.behaviour.savesResult]).toEqual(['UID SEARCH', undefined]);
  });

  it.each<SearchQuery>([{ uid: '$' }, { seq: '$' }, { uid: { seq: '$' } }])(
    'is refused where nothing was saved: %j',
    async (query) => {
      const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
      const running = dialogue.run(search(query, dialogue.session.state), { mailbox });
      expect(await dialogue.turn()).toBe('');
      expect(running.error).toMatchObject({ code: 'NO_SAVED_RESULT' });
    },
  );
});

describe('the saved result', () => {
  /** Whether `$` is sent after one more search, which is to be saved, too, had this answer. */
  async function sentAfter(answer: string, save = true): Promise<boolean> {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
    const find = (options: SearchReturnOptions) =>
      dialogue.run(searchReturn({}, options, dialogue.session.state), { mailbox });
    const saved = find({ save: true });
    const [first = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`${first} OK saved`);
    await saved.promise;
    const again = find({ count: true, save });
    const [second = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`${second} ${answer}`);
    await again.promise.catch(() => {});
    dialogue.run(search({ uid: '$' }, dialogue.session.state), { mailbox });
    return (await dialogue.turn()) !== '';
  }

  it('is empty once a search that was to be saved is refused, and stays where it was not understood (RFC 5182 §2.1)', async () => {
    expect([await sentAfter('OK saved'), await sentAfter('NO too many'), await sentAfter('BAD what?')]).toEqual([
      true,
      false,
      true,
    ]);
    // Of one that was not to be saved it says nothing.
    expect(await sentAfter('NO too many', false)).toBe(true);
  });

  it('is that of the later of two searches, the first of which is refused', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
    const both = [1, 2].map(() => dialogue.run(searchReturn({}, { save: true }, dialogue.session.state), { mailbox }));
    const [first = '', second = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`${first} NO busy`, `${second} OK saved`);
    await Promise.allSettled(both.map(({ promise }) => promise));
    dialogue.run(search({ uid: '$' }, dialogue.session.state), { mailbox });
    expect(await dialogue.turn()).toContain('UID $');
  });

  it.each([
    [['BAD what?'], false],
    [['NO busy', 'BAD what?'], false],
    [['OK saved', 'BAD what?'], true],
    [['BAD what?', 'OK saved'], true],
    [['OK saved', 'BAD what?', 'NO busy'], false],
  ])('is there where one was saved before what was not understood: %j', async (answers, there) => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
    const searches = answers.map(() =>
      dialogue.run(searchReturn({}, { save: true }, dialogue.session.state), { mailbox }),
    );
    const tags = tagsIn(await dialogue.turn());
    dialogue.lines(...answers.map((answer, index) => `${tags[index]} ${answer}`));
    await Promise.allSettled(searches.map(({ promise }) => promise));
    const running = dialogue.run(search({ uid: '$' }, dialogue.session.state), { mailbox });
    expect([(await dialogue.turn()) !== '', running.error?.code]).toEqual([
      there,
      there ? undefined : 'NO_SAVED_RESULT',
    ]);
  });

  it('is that of the mailbox in which it was saved, though another search is not understood', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
    const saved = dialogue.run(searchReturn({}, { save: true }, dialogue.session.state), { mailbox });
    dialogue.lines(`${tagsIn(await dialogue.turn())[0]} OK saved`);
    await saved.promise;
    const other = new MailboxState('other', false);
    const again = dialogue.run(searchReturn({}, { save: true }, dialogue.session.state), { mailbox: other });
    dialogue.lines('* 1 EXISTS', `${tagsIn(await dialogue.turn())[0]} OK selected`);
    dialogue.lines(`${tagsIn(await dialogue.turn())[0]} BAD what?`);
    await again.promise.catch(() => {});
    const running = dialogue.run(search({ uid: '$' }, dialogue.session.state), { mailbox: other });
    expect([await dialogue.turn(), running.error?.code]).toEqual(['', 'NO_SAVED_RESULT']);
  });

  it('is empty once the mailbox is selected anew, as by a sync with QRESYNC, too (RFC 5182 §2.1)', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES UNSELECT QRESYNC');
    const { state } = dialogue.session;
    const since = { uidValidity: 1, modseq: 1n };
    const steps = [
      () => dialogue.run(searchReturn({}, { save: true }, state), { mailbox }),
      () => dialogue.run(unselect(state), { mailbox }),
      () => dialogue.run(resynchronize(mailbox, state, since, new Changes())),
    ];
    for (const step of steps) {
      const { promise } = step();
      dialogue.lines(`${tagsIn(await dialogue.turn())[0]} OK done`);
      await promise;
    }
    const running = dialogue.run(search({ uid: '$' }, state), { mailbox });
    expect([await dialogue.turn(), running.error?.code]).toEqual(['', 'NO_SAVED_RESULT']);
  });
});

describe('a part of what is found, kept as the saved result', () => {
  it.each([
    ['PARTIAL', '-1:-2', 'RETURN (PARTIAL -1:-2 SAVE)'],
    ['CONTEXT=SEARCH', '1:2', 'RETURN (PARTIAL 1:2 SAVE)'],
    ['CONTEXT=SEARCH', '-1:-2', undefined],
    ['SORT', '1:2', undefined],
  ])('with %s, %s: %s', async (capability, partial, sent) => {
    const { dialogue, mailbox } = await Dialogue.selected(3, `ESEARCH SEARCHRES ${capability}`);
    const { state } = dialogue.session;
    const running = dialogue.run(searchReturn({}, { partial, save: true }, state), { mailbox });
    const line = await dialogue.turn();
    if (sent !== undefined) expect(line).toContain(sent);
    // The server would keep all of it.
    else expect([line, running.error]).toMatchObject(['', { name: 'UsageError', code: 'MISSING_CAPABILITY' }]);
  });

  it('is all of it where all is asked for as well', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SEARCHRES');
    const { state } = dialogue.session;
    dialogue.run(searchReturn({}, { partial: '1:2', all: true, save: true }, state), { mailbox });
    expect(await dialogue.turn()).toContain('RETURN (ALL SAVE)');
  });
});

describe('UID SEARCH RETURN without ESEARCH', () => {
  it('counts what several answers say', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(
      searchReturn({}, { count: true, min: true, max: true, all: true }, dialogue.session.state),
    );
    const [tag = ''] = tagsIn(await dialogue.turn());
    dialogue.lines('* SEARCH 3 4', '* SEARCH 1 2 (MODSEQ 7)', `${tag} OK done`);
    const { all, ...returned } = await running.promise;
    expect([returned, String(all)]).toEqual([{ count: 4, min: 1, max: 4, modseq: 7n }, '1:4']);
  });
});

describe('UID SEARCH RETURN with ESEARCH', () => {
  it.each<[string, SearchReturnOptions, string, string, object]>([
    ['', { min: true, max: true, count: true, all: true }, 'MIN MAX COUNT ALL', 'UID', { count: 0, all: '' }],
    ['', {}, 'ALL', 'UID', { all: '' }],
    ['', { count: true }, 'COUNT', 'UID', { count: 0 }],
    ['', { partial: '-1:-2' }, 'ALL', 'UID ALL 2,4:5', { partial: '4:5' }],
    ['PARTIAL', { partial: '-1:-2' }, 'PARTIAL -1:-2', 'UID PARTIAL (-1:-2 4:5)', { partial: '4:5' }],
    ['PARTIAL', { partial: '1:2', all: true }, 'ALL', 'UID ALL 2,4:5', { all: '2,4:5', partial: '2,4' }],
    ['SEARCH=FUZZY', { relevancy: true, min: true }, 'MIN RELEVANCY', 'UID', { relevancy: [] }],
    [
      'SEARCH=FUZZY',
      { relevancy: true, count: true },
      'COUNT RELEVANCY',
      'UID COUNT 1 RELEVANCY (7)',
      { count: 1, relevancy: [7] },
    ],
  ])(
    'offered %s, told to return %j, sends %s and makes %s an answer',
    async (capability, want, sent, answer, result) => {
      const { dialogue, mailbox } = await Dialogue.selected(9, `ESEARCH ${capability}`);
      const query = want.relevancy ? { fuzzy: { from: 'ann' } } : {};
      const running = dialogue.run(searchReturn(query, want, dialogue.session.state), { mailbox });
      const line = await dialogue.turn();
      expect(line).toContain(` RETURN (${sent}) `);
      const [tag = ''] = tagsIn(line);
      dialogue.lines(`* ESEARCH (TAG "${tag}") ${answer}`, `${tag} OK done`);
      const told = Object.entries(await running.promise);
      expect(
        Object.fromEntries(told.map(([name, value]) => [name, value instanceof UidSet ? `${value}` : value])),
      ).toStrictEqual(result);
    },
  );

  it('tells how well messages match only where something is matched approximately (RFC 6203 §4)', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9, 'ESEARCH SEARCH=FUZZY');
    const running = dialogue.run(searchReturn({ from: 'ann' }, { relevancy: true }, dialogue.session.state), {
      mailbox,
    });
    expect([await dialogue.turn(), running.error]).toMatchObject(['', { name: 'UsageError', code: 'USAGE' }]);
    expect(running.error.message).toMatch(/^UID SEARCH: .*fuzzy/);
  });

  it('knows the answers to two searches apart, one of which is told by a plain SEARCH', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9, 'ESEARCH');
    const { state } = dialogue.session;
    const both = [1, 2].map(() => dialogue.run(searchReturn({}, { count: true, max: true }, state), { mailbox }));
    const [one = '', other = ''] = tagsIn(await dialogue.turn());
    dialogue.lines(`* ESEARCH (TAG "${one}") UID COUNT 2 MAX 6`, '* SEARCH 7', `${one} OK done`, `${other} OK done`);
    expect(await Promise.all(both.map(({ promise }) => promise))).toEqual([
      { count: 2, max: 6 },
      { count: 1, max: 7 },
    ]);
  });
});

describe('what only the server can do', () => {
  it.each<[SearchReturnOptions, string]>([
    [{ save: true }, 'IMAP4rev1 ESEARCH'],
    [{ save: true }, 'IMAP4rev1 SEARCHRES'],
    [{ save: true, partial: '1:2' }, 'IMAP4rev1 SEARCHRES PARTIAL'],
    [{ relevancy: true }, 'IMAP4rev1 ESEARCH'],
    [{ relevancy: true }, 'IMAP4rev1 SEARCH=FUZZY'],
  ])('is refused where it is not offered: %j with %s', async (want, capabilities) => {
    const { dialogue, mailbox } = await Dialogue.selected(9, capabilities);
    const running = dialogue.run(searchReturn({}, want, dialogue.session.state), { mailbox });
    expect([await dialogue.turn(), running.error]).toMatchObject(['', { code: 'MISSING_CAPABILITY' }]);
  });
});

describe('two searches with RETURN, without ESEARCH', () => {
  it('are asked one after the other: no answer tells whose it is', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(9);
    const { state } = dialogue.session;
    const both = [1, 2].map(() => dialogue.run(searchReturn({}, { count: true }, state), { mailbox }));
    const [one = '', ...others] = tagsIn(await dialogue.turn());
    expect(others).toEqual([]);
    dialogue.lines('* SEARCH 1 2 (MODSEQ 7)', '* SEARCH 3', `${one} OK done`);
    const [other = ''] = tagsIn(await dialogue.turn());
    dialogue.lines('* SEARCH', `${other} OK done`);
    expect(await Promise.all(both.map(({ promise }) => promise))).toStrictEqual([
      { count: 3, modseq: 7n },
      { count: 0 },
    ]);
  });
});

it.each([
  // Cyrus: the part is taken here from all that is found.
  ['ESEARCH SEARCH=FUZZY', 'ALL RELEVANCY', 'UID ALL 2,5,8 RELEVANCY (10 20 30)'],
  ['ESEARCH SEARCH=FUZZY PARTIAL', 'PARTIAL -2:-1 RELEVANCY', 'UID PARTIAL (-2:-1 5,8) RELEVANCY (10 20 30)'],
  ['ESEARCH SEARCH=FUZZY PARTIAL', 'PARTIAL -2:-1 RELEVANCY', 'UID PARTIAL (-2:-1 5,8) RELEVANCY (20 30)'],
])('tells how well those match that it tells of, with %s: %s', async (capabilities, words, answer) => {
  const { dialogue, mailbox } = await Dialogue.selected(9, capabilities);
  const { state } = dialogue.session;
  const want = { partial: '-2:-1', relevancy: true };
  const running = dialogue.run(searchReturn({ fuzzy: { body: 'x' } }, want, state), { mailbox });
  const [, tag = '', sent = ''] = /^(\S+) (.*)\r\n/.exec(await dialogue.turn()) ?? [];
  expect(sent).toContain(`RETURN (${words})`);
  dialogue.lines(`* ESEARCH (TAG "${tag}") ${answer}`, `${tag} OK done`);
  const { partial, relevancy } = await running.promise;
  expect([String(partial), relevancy]).toEqual(['5,8', [20, 30]]);
});
