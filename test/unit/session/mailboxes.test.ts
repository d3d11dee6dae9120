import { describe, expect, it } from 'vitest';
import { close } from '../../../src/commands/close.ts';
import { noop } from '../../../src/commands/noop.ts';
import { select } from '../../../src/commands/select.ts';
import { unselect } from '../../../src/commands/unselect.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { command, Dialogue, inMailbox, nothing, type Running, tagsIn } from './dialogue.ts';

const bySequence = { mailbox: true, sequenceNumbers: true } as const;

/** The names of the commands in what was written. */
function names(text: string): string[] {
  return text
    .split('\r\n')
    .slice(0, -1)
    .map((line) => line.replace(/^A\d+ /, ''));
}

/** Answers every command in this text with OK, and SELECT with what describes a mailbox. */
function answer(dialogue: Dialogue, text: string): void {
  for (const line of text.split('\r\n').slice(0, -1)) {
    const [tag, name] = line.split(' ');
    if (name === 'SELECT' || name === 'EXAMINE') dialogue.lines('* 1 EXISTS', '* OK [UIDVALIDITY 1]');
    dialogue.lines(`${tag} OK done`);
  }
}

/** Answers everything until nothing more comes; returns the names of all commands in order. */
async function answerAll(dialogue: Dialogue): Promise<string[]> {
  const all: string[] = [];
  for (let text = await dialogue.turn(); text !== ''; text = await dialogue.turn()) {
    all.push(...names(text));
    answer(dialogue, text);
  }
  return all;
}

const [a, b, c] = [
  () => new MailboxState('a', false),
  () => new MailboxState('b', false),
  () => new MailboxState('c', false),
];

describe('selecting', () => {
  it('happens by itself, before the first operation of a mailbox', async () => {
    const dialogue = Dialogue.ready();
    const mailbox = a();
    const running = dialogue.run(inMailbox('X'), { mailbox });
    const other = dialogue.run(inMailbox('Y'), { mailbox });
    const text = await dialogue.turn();
    expect(names(text)).toEqual(['SELECT "a"']);
    expect(dialogue.session.state.selected).toBe(mailbox);
    dialogue.lines('* 5 EXISTS', '* OK [UIDVALIDITY 3]', `${tagsIn(text)[0]} OK [READ-WRITE] done`);
    expect(await answerAll(dialogue)).toEqual(['X', 'Y']);
    expect([running.value, other.value]).toEqual(['done', 'done']);
    expect(mailbox).toMatchObject({ exists: 5, uidValidity: 3, selections: 1 });
  });

  it('is all there is to an operation without bytes of its own', async () => {
    const dialogue = Dialogue.ready('CONDSTORE');
    const mailbox = new MailboxState('a', true);
    const first = dialogue.run(nothing(), { mailbox });
    expect(names(await dialogue.turn())).toEqual(['EXAMINE "a" (CONDSTORE)']);
    expect(first.state).toBe('pending');
    dialogue.lines('A2 OK');
    await first.promise;
    const second = dialogue.run(nothing(), { mailbox });
    expect(await dialogue.turn()).toBe('');
    expect(second.state).toBe('resolved');
    expect(dialogue.session.operations).toBe(0);
  });

  it('waits until what is in flight on the other mailbox is answered', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const other = b();
    for (const name of ['X', 'Y']) dialogue.run(inMailbox(name), { mailbox });
    dialogue.run(inMailbox('Z'), { mailbox: other });
    expect(await dialogue.turn()).toBe('A3 X\r\nA4 Y\r\n');
    dialogue.lines('A4 OK');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A3 OK');
    expect(names(await dialogue.turn())).toEqual(['SELECT "b"']);
  });

  it('waits until nothing in flight can tell of the mailbox that is left', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const other = b();
    dialogue.run(command('STATUS'));
    dialogue.run(inMailbox('Z'), { mailbox: other });
    for (let n = 0; n < 3; n++) dialogue.run(command('LATER'));
    expect(names(await dialogue.turn())).toEqual(['STATUS']);
    dialogue.lines('* 4 EXISTS', 'A3 OK');
    expect([mailbox.exists, other.exists]).toEqual([4, 0]);
    expect(names(await dialogue.turn())).toEqual(['SELECT "b"', 'LATER', 'LATER', 'LATER']);
  });

  it('goes beside other commands where no mailbox is selected', async () => {
    const dialogue = Dialogue.ready();
    dialogue.run(command('ID'));
    dialogue.run(inMailbox('X'), { mailbox: a() });
    dialogue.run(command('STATUS'));
    expect(names(await dialogue.turn())).toEqual(['ID', 'SELECT "a"', 'STATUS']);
  });

  it('is waited for by every command that was given a mailbox', async () => {
    const dialogue = Dialogue.ready();
    const mailbox = a();
    const running = dialogue.run(noop(), { mailbox });
    expect(await dialogue.turn()).toBe('A2 SELECT "a"\r\n');
    expect(await dialogue.turn()).toBe('');
    dialogue.lines('A2 NO [NONEXISTENT] no such mailbox');
    expect(await dialogue.turn()).toBe('');
    expect(running.error).toMatchObject({ code: 'NONEXISTENT', command: 'SELECT' });
  });

  it('that fails rejects all that wait for it, and only those', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const other = b();
    const doomed = [
      dialogue.run(nothing(), { mailbox: other }),
      dialogue.run(inMailbox('X'), { mailbox: other }),
      dialogue.run(inMailbox('IDLE', { behaviour: { mailbox: true, alone: true, endedBy: 'DONE' } }), {
        mailbox: other,
        background: true,
      }),
    ];
    const text = await dialogue.turn();
    expect(names(text)).toEqual(['SELECT "b"']);
    const survivors = [dialogue.run(inMailbox('Y'), { mailbox }), dialogue.run(command('Z'))];
    const beside = await dialogue.turn();
    expect(names(beside)).toEqual(['Z']);
    dialogue.lines(`${tagsIn(text)[0]} NO [NOPERM] not yours`);
    expect(dialogue.session.state.selected).toBeUndefined();
    answer(dialogue, beside);
    expect(await answerAll(dialogue)).toEqual(['SELECT "INBOX"', 'Y']);
    for (const { error } of doomed)
      expect(error).toMatchObject({ name: 'CommandError', code: 'NOPERM', command: 'SELECT' });
    expect(survivors.map(({ value }) => value)).toEqual(['done', 'done']);
    expect(mailbox.selections).toBe(2);
    expect(dialogue.session.operations).toBe(0);
  });

  it('a mailbox whose name can not be written rejects what waits for it', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(nothing(), { mailbox: new MailboxState('', false) });
    const other = dialogue.run(command('NOOP'));
    expect(await answerAll(dialogue)).toEqual(['NOOP']);
    expect(running.error).toMatchObject({ name: 'UsageError' });
    expect(other.state).toBe('resolved');
  });

  it('is done anew after CLOSE and UNSELECT', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3, 'UNSELECT');
    const { state } = dialogue.session;
    dialogue.run(close(state), { mailbox });
    dialogue.run(inMailbox('X'), { mailbox });
    dialogue.run(unselect(state), { mailbox });
    dialogue.run(nothing(), { mailbox });
    expect(await answerAll(dialogue)).toEqual(['CLOSE', 'SELECT "INBOX"', 'X', 'UNSELECT', 'SELECT "INBOX"']);
    expect(mailbox.selections).toBe(3);
  });

  it('leaves the mailbox selected that a refused CLOSE names', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const closing = dialogue.run(close(dialogue.session.state), { mailbox });
    await dialogue.turn();
    dialogue.lines('A3 BAD');
    await dialogue.turn();
    expect(closing.state).toBe('rejected');
    expect(dialogue.session.state.selected).toBe(mailbox);
  });

  it('by a command of the caller counts from its first byte', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const examined = new MailboxState('INBOX', true);
    dialogue.run(inMailbox('X'), { mailbox });
    const running = dialogue.run(select(examined, dialogue.session.state));
    await dialogue.turn();
    expect(dialogue.session.state.selected).toBe(mailbox);
    dialogue.lines('* 4 EXISTS', 'A3 OK');
    expect(names(await dialogue.turn())).toEqual(['EXAMINE "INBOX"']);
    expect(dialogue.session.state.selected).toBe(examined);
    dialogue.lines('* 6 EXISTS', 'A4 OK');
    await running.promise;
    expect([mailbox.exists, examined.exists]).toEqual([4, 6]);
  });
});

describe('a handle’s UIDVALIDITY', () => {
  it('is compared once the mailbox is selected', async () => {
    const dialogue = Dialogue.ready();
    const mailbox = a();
    const stale = dialogue.run(inMailbox('X'), { mailbox, uidValidity: 1 });
    const fresh = dialogue.run(inMailbox('Y'), { mailbox, uidValidity: 2 });
    const text = await dialogue.turn();
    dialogue.lines('* OK [UIDVALIDITY 2]', `${tagsIn(text)[0]} OK`);
    expect(await answerAll(dialogue)).toEqual(['Y']);
    expect(stale.error).toMatchObject({ name: 'ImapError', code: 'UIDVALIDITY_CHANGED' });
    expect(stale.error.message).toContain('from 1 to 2');
    expect(fresh.value).toBe('done');
  });
});

describe('sequence numbers', () => {
  /** INBOX is left for another mailbox and selected anew; meanwhile an operation by sequence number waits for its turn. */
  async function reselected(before: string[], after: string[], when: 'selected' | 'left' = 'selected') {
    const { dialogue, mailbox } = await Dialogue.selected(5);
    const select = async (anew: string[]) => {
      dialogue.run(nothing(), { mailbox: b() });
      await answerAll(dialogue);
      dialogue.run(nothing(), { mailbox });
      const text = await dialogue.turn();
      dialogue.lines(...anew, `${tagsIn(text)[0]} OK`);
    };
    await select(['* 5 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]']);
    await dialogue.turn();
    dialogue.lines(...before);
    if (when === 'left') {
      dialogue.run(nothing(), { mailbox: b() });
      await answerAll(dialogue);
    } else {
      dialogue.run(command('ALONE', { alone: true }));
    }
    const operations = {
      bySequence: dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox }),
      all: dialogue.run(inMailbox('FETCH', { behaviour: { mailbox: true, sequenceNumbers: 'all' } }), { mailbox }),
      byUid: dialogue.run(inMailbox('UID COPY'), { mailbox }),
    };
    if (when === 'selected') {
      const text = await dialogue.turn();
      expect(names(text)).toEqual(['ALONE']);
      // As after a connection that was lost: nothing is selected any more.
      dialogue.session.state.selected = undefined;
      answer(dialogue, text);
    }
    const selecting = await dialogue.turn();
    expect(names(selecting)).toEqual(['SELECT "INBOX"']);
    dialogue.lines(...after, `${tagsIn(selecting)[0]} OK`);
    const sent = await answerAll(dialogue);
    return { ...operations, sent };
  }

  const same = ['* 5 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]'];

  it.each([
    ['nothing happened', [], same],
    ['messages arrived before', ['* 7 EXISTS'], ['* 7 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 12]']],
    ['messages arrived meanwhile', [], ['* OK [UIDNEXT 12]', '* OK [UIDVALIDITY 1]', '* 7 EXISTS']],
    ['a message went before', ['* 2 EXPUNGE'], ['* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]']],
    ['a message vanished before', ['* VANISHED 2'], ['* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]']],
  ])('hold on a new selection where %s', async (_, before, after) => {
    for (const when of ['selected', 'left'] as const) {
      const { sent, bySequence } = await reselected(before, after, when);
      expect(sent).toEqual(['COPY', 'FETCH', 'UID COPY']);
      expect(bySequence.value).toBe('done');
    }
  });

  it.each([
    ['a message went', ['* 4 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 10]']],
    ['one went and one came', ['* 5 EXISTS', '* OK [UIDVALIDITY 1]', '* OK [UIDNEXT 11]']],
    ['there are fewer, and no UIDNEXT is told,', ['* 4 EXISTS', '* OK [UIDVALIDITY 1]']],
    ['the mailbox is another one', ['* 5 EXISTS', '* OK [UIDVALIDITY 2]', '* OK [UIDNEXT 10]']],
  ])('of before are not used where %s meanwhile', async (_, after) => {
    for (const when of ['selected', 'left'] as const) {
      const { sent, bySequence, all, byUid } = await reselected([], after, when);
      expect(sent).toEqual(['FETCH', 'UID COPY']);
      expect(bySequence.error).toMatchObject({ name: 'ImapError', code: 'SEQUENCE_CHANGED' });
      expect(bySequence.error.message).toContain('COPY: ');
      expect([all.value, byUid.value]).toEqual(['done', 'done']);
    }
  });

  it('of before are not used where no selection tells UIDNEXT, though there are as many messages', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(5);
    const validity = `* OK [UIDVALIDITY ${mailbox.uidValidity}]`;
    dialogue.run(nothing(), { mailbox: b() });
    await answerAll(dialogue);
    const stale = dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox });
    const [tag] = tagsIn(await dialogue.turn());
    dialogue.lines('* 5 EXISTS', validity, `${tag} OK`);
    expect(await answerAll(dialogue)).toEqual([]);
    expect(stale.error).toMatchObject({ code: 'SEQUENCE_CHANGED' });
  });

  it('of before are not used though the call came while the mailbox was being selected', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(5);
    dialogue.run(nothing(), { mailbox: b() });
    await answerAll(dialogue);
    dialogue.run(nothing(), { mailbox });
    const [tag] = tagsIn(await dialogue.turn());
    const stale = dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox });
    dialogue.lines('* 4 EXISTS', '* OK [UIDNEXT 10]', `${tag} OK`);
    const fresh = dialogue.run(inMailbox('SEARCH', { behaviour: bySequence }), { mailbox });
    expect(await answerAll(dialogue)).toEqual(['SEARCH']);
    expect(stale.error).toMatchObject({ code: 'SEQUENCE_CHANGED' });
    expect(fresh.value).toBe('done');
  });

  it.each([
    ['EXPUNGE', ['* 2 EXPUNGE']],
    ['VANISHED', ['* VANISHED 2']],
    ['an EXISTS that is lower', ['* 4 EXISTS']],
  ])(
    'of before are not used where the server tells by %s that messages have gone while the command waits',
    async (_, told) => {
      const { dialogue, mailbox } = await Dialogue.selected(5);
      dialogue.run(command('NOOP'));
      const numbered = () => dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox });
      const stale = numbered();
      const all = dialogue.run(inMailbox('FETCH', { behaviour: { mailbox: true, sequenceNumbers: 'all' } }), {
        mailbox,
      });
      const [tag] = tagsIn(await dialogue.turn());
      let inListener: Running<string> | undefined;
      mailbox.listeners.on('exists', () => {
        inListener = numbered();
      });
      dialogue.lines(...told, `${tag} OK`);
      const fresh = numbered();
      expect(await answerAll(dialogue)).toEqual(['FETCH', 'COPY', 'COPY']);
      expect(stale.error).toMatchObject({ code: 'SEQUENCE_CHANGED' });
      expect([all.value, inListener?.value, fresh.value]).toEqual(['done', 'done', 'done']);
    },
  );

  it('for a mailbox that was never selected are those of the selection to come', async () => {
    const dialogue = Dialogue.ready();
    const running = dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox: a() });
    expect(await answerAll(dialogue)).toEqual(['SELECT "a"', 'COPY']);
    expect(running.value).toBe('done');
  });
});

describe('operations on several mailboxes', () => {
  it('are gathered by mailbox', async () => {
    const dialogue = Dialogue.ready();
    const mailboxes = [a(), b()] as const;
    for (let n = 0; n < 10; n++) dialogue.run(inMailbox(`X${n}`), { mailbox: mailboxes[n % 2 === 0 ? 0 : 1] });
    expect(await answerAll(dialogue)).toEqual([
      'SELECT "a"',
      'X0',
      'X2',
      'X4',
      'X6',
      'X8',
      'SELECT "b"',
      'X1',
      'X3',
      'X5',
      'X7',
      'X9',
    ]);
  });

  it('are not put off for ever by those of the selected one', async () => {
    const dialogue = Dialogue.ready();
    const [busy, waiting] = [a(), b()];
    dialogue.run(inMailbox('A'), { mailbox: busy });
    const patient = dialogue.run(inMailbox('B'), { mailbox: waiting });
    let rounds = 0;
    for (; patient.state === 'pending' && rounds < 200; rounds++) {
      dialogue.run(inMailbox('A'), { mailbox: busy });
      answer(dialogue, await dialogue.turn());
    }
    expect(rounds).toBeLessThan(100);
    expect(patient.value).toBe('done');
  });

  it('take turns, however many there are of each', async () => {
    const dialogue = Dialogue.ready();
    const mailboxes = [a(), b(), c()];
    const done = [0, 0, 0];
    const feed = (index: number) => {
      const { promise } = dialogue.run(inMailbox('X'), { mailbox: mailboxes[index] });
      promise.then(() => {
        done[index] = (done[index] ?? 0) + 1;
        feed(index);
      });
    };
    for (let n = 0; n < 9; n++) feed(n % 3);
    for (let n = 0; n < 3000; n++) answer(dialogue, await dialogue.turn());
    expect(Math.min(...done)).toBeGreaterThan(500);
  });

  it('that come later do not overtake one that must be alone', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    dialogue.run(inMailbox('X'), { mailbox });
    dialogue.run(command('ALONE', { alone: true }));
    for (let n = 0; n < 3; n++) dialogue.run(inMailbox('Y'), { mailbox });
    dialogue.run(command('Z'));
    expect(names(await dialogue.turn())).toEqual(['X']);
    dialogue.lines('A3 OK');
    expect(names(await dialogue.turn())).toEqual(['ALONE']);
    dialogue.lines('A4 OK');
    expect(names(await dialogue.turn())).toEqual(['Y', 'Y', 'Y', 'Z']);
  });
});

describe('what comes later', () => {
  const expungeless = { mailbox: true, sequenceNumbers: true, keepsSequenceNumbers: true } as const;

  /** Names of what is sent while the first is in flight, and then of what is sent behind its answer. */
  async function sentAround(dialogue: Dialogue): Promise<[string[], string[]]> {
    const before = names(await dialogue.turn());
    dialogue.lines('A3 OK');
    return [before, names(await dialogue.turn())];
  }

  it('on the mailbox does not keep a command back that selects', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    dialogue.run(inMailbox('X'), { mailbox });
    dialogue.run(select(mailbox, dialogue.session.state));
    dialogue.run(command('STATUS'));
    dialogue.run(inMailbox('Y'), { mailbox });
    expect(await sentAround(dialogue)).toEqual([['X'], ['SELECT "INBOX"', 'STATUS']]);
  });

  it('does not keep a command back that names messages by number', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    dialogue.run(command('NOOP'));
    dialogue.run(inMailbox('COPY', { behaviour: bySequence }), { mailbox });
    dialogue.run(inMailbox('UID COPY'), { mailbox });
    dialogue.run(command('STATUS'));
    expect(await sentAround(dialogue)).toEqual([['NOOP'], ['COPY', 'UID COPY', 'STATUS']]);
  });

  it('keeps nothing back for ever, however it overlaps', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const kinds = {
      selecting: () => dialogue.run(select(mailbox, dialogue.session.state)),
      numbered: () => dialogue.run(inMailbox('FETCH', { behaviour: expungeless }), { mailbox }),
    };
    const loops = {
      selecting: () => dialogue.run(inMailbox('SEARCH'), { mailbox }),
      numbered: () => dialogue.run(command('STATUS')),
    };
    for (const kind of ['selecting', 'numbered'] as const) {
      loops[kind]();
      let under = await dialogue.turn();
      const patient = kinds[kind]();
      for (let round = 0; round < 5; round++) {
        loops[kind]();
        const next = await dialogue.turn();
        answer(dialogue, under);
        under = next + (await dialogue.turn());
      }
      expect(patient.state).toBe('resolved');
      answer(dialogue, under);
      await answerAll(dialogue);
      expect(dialogue.session.operations).toBe(0);
    }
  });

  it.each([
    ['CLOSE', { mailbox: true, selects: true }, { mailbox: true }],
    ['UID FETCH', { mailbox: true, readsFlags: true }, { mailbox: true, writesFlags: true }],
    ['STORE', { ...expungeless, writesFlags: true }, { ...expungeless, readsFlags: true }],
  ] as const)('goes past %s where that is not what it waits for', async (name, behaviour, before) => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    dialogue.run(inMailbox('X', { behaviour: before }), { mailbox });
    dialogue.run(inMailbox(name, { behaviour }), { mailbox });
    dialogue.run(command('STATUS'));
    const [sent] = await sentAround(dialogue);
    expect(sent).toEqual(['X', 'STATUS']);
  });
});

describe('what may be in flight together', () => {
  it('is never more than so many', async () => {
    const dialogue = Dialogue.ready();
    for (let n = 0; n < 1200; n++) dialogue.run(command('NOOP'));
    expect(tagsIn(await dialogue.turn())).toHaveLength(500);
    dialogue.lines('A7 OK', 'A9 OK');
    expect(tagsIn(await dialogue.turn())).toEqual(['A501', 'A502']);
  });

  it('may be waited for by very many', async () => {
    const dialogue = Dialogue.ready();
    const mailboxes = [a(), b(), c()];
    const controller = new AbortController();
    const outcomes = { resolved: 0, rejected: 0 };
    for (let n = 0; n < 20_000; n++) {
      const options = n % 4 === 3 ? {} : { mailbox: mailboxes[n % 4] };
      const signal = n % 5 === 0 ? controller.signal : new AbortController().signal;
      dialogue.run(command('X'), { ...options, signal, timeout: 1e6 }).promise.then(
        () => outcomes.resolved++,
        () => outcomes.rejected++,
      );
    }
    const first = await dialogue.turn();
    controller.abort(new Error('enough'));
    answer(dialogue, first);
    await answerAll(dialogue);
    expect(outcomes.resolved + outcomes.rejected).toBe(20_000);
    expect(outcomes.rejected).toBe(4000);
    expect(dialogue.session.operations).toBe(0);
  });
});
