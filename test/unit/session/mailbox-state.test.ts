import { beforeEach, describe, expect, it } from 'vitest';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { SequenceMap } from '../../../src/session/sequence-map.ts';
import { UidSet } from '../../../src/wire/uid-set.ts';
import { Dialogue } from './dialogue.ts';
import { uidsOf } from './uids-of.ts';

let dialogue: Dialogue;
let mailbox: MailboxState;
let events: unknown[][];

beforeEach(async () => {
  ({ dialogue, mailbox } = await Dialogue.selected(5));
  events = [];
  for (const name of ['exists', 'expunge', 'flags'] as const) {
    mailbox.listeners.on(name, (event) => events.push([name, event]));
  }
});

describe('EXISTS', () => {
  it('tells how many messages there are, and what changed', () => {
    dialogue.lines('* 6 EXISTS', '* 6 EXISTS', '* 0 EXISTS', '* 007 exists');
    expect(mailbox.exists).toBe(7);
    expect(events).toEqual([
      ['exists', { count: 6, previous: 5 }],
      ['exists', { count: 0, previous: 6 }],
      ['exists', { count: 7, previous: 0 }],
    ]);
  });

  it.each([
    '* EXISTS',
    '* -1 EXISTS',
    '* 99999999999999999999 EXISTS',
    '* EXISTS 4294967296',
    '* x EXISTS',
    '* 5EXISTS',
  ])('is not %s', (line) => {
    dialogue.lines(line, '* OK');
    expect([mailbox.exists, events]).toEqual([5, []]);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual([line]);
  });
});

describe('EXPUNGE', () => {
  it('takes a message away', () => {
    dialogue.lines('* 5 EXPUNGE', '* 1 EXPUNGE', '* 1 EXPUNGED');
    expect(mailbox.exists).toBe(2);
    expect(events).toEqual([
      ['expunge', { seq: 5 }],
      ['exists', { count: 4, previous: 5 }],
      ['expunge', { seq: 1 }],
      ['exists', { count: 3, previous: 4 }],
      ['expunge', { seq: 1 }],
      ['exists', { count: 2, previous: 3 }],
    ]);
  });

  it('of a message that is not there changes nothing', () => {
    dialogue.lines('* 0 EXPUNGE', '* 6 EXPUNGE', '* 4294967296 EXPUNGE', '* EXPUNGE');
    expect([mailbox.exists, events]).toEqual([5, []]);
  });

  it('is told by UID where the UIDs are known', () => {
    mailbox.track();
    dialogue.lines('* 2 FETCH (UID 20)', '* 4 FETCH (UID 40)', '* 2 EXPUNGE', '* 3 EXPUNGE', '* 1 EXPUNGE');
    expect(events.filter(([name]) => name === 'expunge')).toEqual([
      ['expunge', { seq: 2, uid: 20 }],
      ['expunge', { seq: 3, uid: 40 }],
      ['expunge', { seq: 1 }],
    ]);
    expect(uidsOf(mailbox.uids)).toEqual([0]);
    mailbox.untrack();
    expect(mailbox.uids).toBeUndefined();
  });
});

describe('VANISHED', () => {
  it('takes messages away by UID', () => {
    dialogue.lines('* VANISHED 10,20:21');
    expect(mailbox.exists).toBe(2);
    expect(events).toEqual([
      ['expunge', { uid: 10 }],
      ['expunge', { uid: 20 }],
      ['expunge', { uid: 21 }],
      ['exists', { count: 2, previous: 5 }],
    ]);
  });

  it('changes no count where it tells of earlier', () => {
    dialogue.lines('* VANISHED (EARLIER) 1:4', '* VANISHED (earlier) 5', '* VANISHED', '* VANISHED x');
    expect([mailbox.exists, events, dialogue.unknown]).toEqual([5, [], []]);
  });

  it('takes away what is known to be there, where every UID is known', () => {
    mailbox.track();
    for (let seq = 1; seq <= 5; seq++) dialogue.lines(`* ${seq} FETCH (UID ${seq * 10})`);
    dialogue.lines('* VANISHED 1:25,44:4294967295');
    expect(uidsOf(mailbox.uids)).toEqual([30, 40]);
    expect(mailbox.exists).toBe(2);
    expect(events).toEqual([
      ['expunge', { uid: 10 }],
      ['expunge', { uid: 20 }],
      ['expunge', { uid: 50 }],
      ['exists', { count: 2, previous: 5 }],
    ]);
  });

  it('of four billion messages is told for as many as there can be', () => {
    dialogue.lines('* VANISHED 1:4294967295');
    expect(mailbox.exists).toBe(0);
    expect(events).toHaveLength(6);
    dialogue.lines('* 4294967295 EXISTS');
    events = [];
    let told = 0;
    mailbox.listeners.on('expunge', () => told++);
    dialogue.lines('* VANISHED 1:4294967295');
    expect(told).toBe(1_000_000);
    expect(mailbox.exists).toBe(0);
  });

  it('of more than a million messages that are known to be there is told for each', () => {
    const there = 1_000_001;
    mailbox.track();
    mailbox.observeExists(there);
    for (let seq = 1; seq <= there; seq++) mailbox.observeFetch({ seq, uid: seq });
    let told = 0;
    mailbox.listeners.on('expunge', () => told++);
    dialogue.lines('* VANISHED 1:4294967295');
    expect(told).toBe(there);
  });
});

describe('the map of UIDs', () => {
  it('keeps nothing of messages that one response puts far behind all that are known', () => {
    mailbox.track();
    dialogue.lines('* 10000000 EXISTS', '* 1 FETCH (UID 1)', '* 10000000 FETCH (UID 7 FLAGS ())', '* VANISHED 7');
    expect(uidsOf(mailbox.uids)).toEqual([1]);
    expect(mailbox.exists).toBe(9_999_999);
    expect(events).toContainEqual(['flags', { seq: 10_000_000, uid: 7, flags: new Set() }]);
  });

  it('follows what comes and goes', () => {
    mailbox.track();
    mailbox.track();
    dialogue.lines('* 1 FETCH (UID 1)', '* 5 FETCH (UID 5 FLAGS ())', '* 5 FETCH (FLAGS (a))', '* 3 FETCH (UID 3)');
    expect(uidsOf(mailbox.uids)).toEqual([1, 0, 3, 0, 5]);
    expect(events).toEqual([
      ['flags', { seq: 5, uid: 5, flags: new Set() }],
      ['flags', { seq: 5, uid: 5, flags: new Set(['a']) }],
    ]);
    dialogue.lines('* 2 EXISTS');
    expect(uidsOf(mailbox.uids)).toEqual([1, 0]);
    mailbox.untrack();
    expect(uidsOf(mailbox.uids)).toEqual([1, 0]);
    mailbox.untrack();
    expect(mailbox.uids).toBeUndefined();
  });

  it('has each message by the place of its UID where there are no numbers (UIDONLY, RFC 9586)', () => {
    mailbox.track();
    for (const uid of [50, 10, 30, 20, 40, 60]) dialogue.lines(`* ${uid} UIDFETCH (FLAGS ())`);
    expect(uidsOf(mailbox.uids)).toEqual([10, 20, 30, 40, 50]);
    dialogue.lines('* VANISHED 20:4294967295');
    expect([uidsOf(mailbox.uids), mailbox.exists]).toEqual([[10], 1]);
  });

  it('does not grow with the numbers that a server names', () => {
    mailbox.track();
    dialogue.lines('* 4294967295 EXISTS', '* 4294967295 FETCH (UID 5)', '* 3 FETCH (UID 3)');
    expect(uidsOf(mailbox.uids)).toEqual([0, 0, 3]);
    expect(mailbox.exists).toBe(4_294_967_295);
  });
});

describe('what describes the mailbox', () => {
  it('is read from responses and codes at any time', () => {
    dialogue.lines(
      '* OK [UIDVALIDITY 7] x',
      '* OK [UIDNEXT 9]',
      '* OK [HIGHESTMODSEQ 1234567890123456789]',
      '* OK [MAILBOXID (F1)]',
      '* OK [READ-ONLY]',
      '* FLAGS (\\Seen a)',
      '* OK [PERMANENTFLAGS (\\Seen \\*)]',
    );
    expect(mailbox).toMatchObject({
      uidValidity: 7,
      uidNext: 9,
      highestModseq: 1234567890123456789n,
      mailboxId: 'F1',
    });
    expect(mailbox.readOnly).toBe(true);
    expect([...mailbox.flags]).toEqual(['\\Seen', 'a']);
    expect([...mailbox.permanentFlags]).toEqual(['\\Seen', '\\*']);
    dialogue.lines(
      '* OK [UIDVALIDITY 0]',
      '* OK [UIDNEXT x]',
      '* OK [HIGHESTMODSEQ -1]',
      '* FLAGS x',
      '* 1 RECENT',
      '* OK [READ-WRITE]',
    );
    expect(mailbox).toMatchObject({
      uidValidity: 7,
      uidNext: 9,
      highestModseq: 1234567890123456789n,
      readOnly: false,
    });
    expect([...mailbox.flags]).toEqual(['\\Seen', 'a']);
    expect(dialogue.unknown.map(({ text }) => text)).toEqual(['* FLAGS x']);
  });

  it('stays read-only where it was examined', () => {
    const examined = new MailboxState('a', true);
    expect(examined.readOnly).toBe(true);
    examined.observeCode({ name: 'READ-WRITE' });
    expect(examined.readOnly).toBe(true);
  });

  it('is told anew by a SELECT', () => {
    mailbox.track();
    dialogue.lines(
      '* OK [UIDNEXT 9]',
      '* OK [HIGHESTMODSEQ 3]',
      '* FLAGS (a)',
      '* 1 FETCH (UID 4)',
      '* OK [READ-ONLY]',
    );
    mailbox.synced = 5n;
    expect(mailbox.counted).toBe(true);
    mailbox.selecting();
    expect(mailbox).toMatchObject({
      selections: 2,
      counted: false,
      synced: 0n,
      uidValidity: 1,
      exists: 5,
      readOnly: false,
      uids: new SequenceMap(),
    });
    expect([mailbox.uidNext, mailbox.highestModseq, mailbox.flags.size]).toEqual([undefined, undefined, 0]);
    mailbox.flags = new Set(['b']);
    mailbox.selected();
    expect([...mailbox.permanentFlags]).toEqual(['b', '\\*']);
    mailbox.untrack();
  });

  it('is nobody’s where no mailbox is selected', () => {
    dialogue.session.state.selected = undefined;
    dialogue.lines(
      '* 9 EXISTS',
      '* 1 EXPUNGE',
      '* VANISHED 1',
      '* FLAGS (a)',
      '* 1 FETCH (FLAGS ())',
      '* OK [UIDNEXT 9]',
    );
    expect([events, mailbox.exists, dialogue.unknown]).toEqual([[], 5, []]);
  });
});

describe('UIDs in a set', () => {
  it('are counted once, in whatever order a server names them', () => {
    mailbox.observeVanished(UidSet.from('5,1:2,2'), false);
    expect(mailbox.exists).toBe(2);
  });
});
