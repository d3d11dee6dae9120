/** What may be in flight beside the commands on messages: with `$`, only what was saved in this mailbox; with numbers, nothing that moves them. */
import { describe, expect, it } from 'vitest';
import { copy } from '../../../src/commands/copy.ts';
import { expunge } from '../../../src/commands/expunge.ts';
import { type FetchModifiers, fetch } from '../../../src/commands/fetch.ts';
import { move } from '../../../src/commands/move.ts';
import { store } from '../../../src/commands/store.ts';
import { storeAnnotation } from '../../../src/commands/store-annotation.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import type { Behaviour } from '../../../src/session/pipeline.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { type FetchItems, fetchRequest } from '../../../src/syntax/fetch-items.ts';
import type { MessageSet } from '../../../src/wire/sequence-set.ts';

const UID: Behaviour = { mailbox: true };
const SAVED: Behaviour = { mailbox: true, usesSavedResult: true };
const NUMBERS: Behaviour = { mailbox: true, sequenceNumbers: true };
const SETS: [MessageSet, Behaviour][] = [
  [7, UID],
  ['1:*', UID],
  [[1, 2], UID],
  ['$', SAVED],
  [{ seq: '1:2' }, NUMBERS],
  [{ seq: '$' }, SAVED],
];

function fetched(set: MessageSet, items: FetchItems, modifiers: FetchModifiers = {}): Behaviour {
  const request = fetchRequest(items, new Capabilities(['CONDSTORE', 'ANNOTATE-EXPERIMENT-1']));
  return fetch(new MailboxState('INBOX', false), set, request, () => {}, modifiers).behaviour;
}

describe.each(SETS)('of %j', (set, behaviour) => {
  const byNumber = typeof set === 'object' && 'seq' in set;
  const kept = byNumber ? { keepsSequenceNumbers: true } : {};

  it('COPY, MOVE and EXPUNGE', () => {
    expect(copy(set, 'x').behaviour).toEqual(behaviour);
    expect(move(set, 'x').behaviour).toEqual(byNumber ? { ...behaviour, alone: true } : behaviour);
    if (!byNumber) expect(expunge(set).behaviour).toEqual(behaviour);
  });

  it('FETCH and STORE, beside which no message goes where they name numbers', () => {
    const numbers = { ...behaviour, ...kept };
    expect(fetched(set, {})).toEqual({ ...numbers, fetches: true });
    const stored = behaviour === SAVED ? SAVED : numbers;
    expect(store(set, '+', ['x'], {}).behaviour).toEqual({ ...stored, writesFlags: true });
    expect(storeAnnotation(set, { '/shared/comment': 'x' }).behaviour).toEqual(numbers);
  });
});

it.each<[FetchItems, FetchModifiers, Behaviour]>([
  [{ size: true }, {}, {}],
  [{ flags: true }, {}, { readsFlags: true }],
  [{ modseq: true }, {}, { readsFlags: true }],
  [{ headers: true }, {}, { sections: true }],
  [{ source: true, markSeen: true }, {}, { sections: true, writesFlags: true }],
  [{ annotations: ['/shared/comment'] }, {}, { narrowed: true }],
  [{}, { changedSince: 5n }, { narrowed: true, readsFlags: true }],
  [{}, { partial: '1:5' }, { narrowed: true, readsFlags: true }],
])('FETCH of %o with %o', (items, modifiers, more) => {
  expect(fetched(7, items, modifiers)).toEqual({ mailbox: true, fetches: true, ...more });
});

it('FETCH of all numbers names the messages that there are', () => {
  expect(fetched({ seq: '1:*' }, {})).toEqual({
    ...{ mailbox: true, sequenceNumbers: 'all', keepsSequenceNumbers: true, fetches: true },
  });
});
