import { describe, expect, it } from 'vitest';
import { type Thread, type ThreadableMessage, threadMessages } from '../../../src/mime/thread.ts';
import { randomNumbers } from './random.ts';
import { readVectors } from './vectors.ts';

/** As THREAD writes them (RFC 5256 §5): `(1 2 (3)(4))`. */
function write(threads: readonly Thread[]): string {
  return threads.map((thread) => `(${writeMembers(thread)})`).join('');
}

function writeMembers(thread: Thread): string {
  const members: (string | number)[] = [];
  let last = thread;
  for (;;) {
    if (last.uid !== undefined) members.push(last.uid);
    const only = last.children.length === 1 ? last.children[0] : undefined;
    if (!only) break;
    last = only;
  }
  if (last.children.length > 0) members.push(write(last.children));
  return members.join(' ');
}

/** Message `uid` of day `uid`: its id is the UID, and so are its references. */
function message(uid: number, references: number[] = [], more: Partial<ThreadableMessage> = {}): ThreadableMessage {
  return {
    uid,
    date: new Date(Date.UTC(2024, 0, uid)),
    subject: `subject ${uid}`,
    messageId: `<${uid}@x>`,
    references: references.map((id) => `<${id}@x>`).join('\r\n '),
    ...more,
  };
}

const references = (...messages: ThreadableMessage[]): string => write(threadMessages('REFERENCES', messages));

describe('REFERENCES', () => {
  it.each<[string, ThreadableMessage[], string]>([
    ['no messages', [], ''],
    ['strangers', [message(1), message(2)], '(1)(2)'],
    ['replies', [message(1), message(2, [1]), message(3, [1, 2]), message(4, [1])], '(1 (2 3)(4))'],
    ['replies that came first', [message(1, [2]), message(2, [3]), message(3)], '(3 2 1)'],
    ['In-Reply-To', [message(1), message(2, [], { inReplyTo: 'message of Monday <1@x> <9@x>' })], '(1 2)'],
    [
      'the first message of In-Reply-To alone',
      [message(1), message(2), message(3, [], { inReplyTo: '<1@x> <2@x>' })],
      '(1 3)(2)',
    ],
    ['References before In-Reply-To', [message(1), message(2), message(3, [1], { inReplyTo: '<2@x>' })], '(1 3)(2)'],
    [
      'In-Reply-To where References has no id',
      [message(1), message(2, [], { references: 'junk', inReplyTo: '<1@x>' })],
      '(1 2)',
    ],
    ['a missing parent', [message(1, [9])], '(1)'],
    ['a missing parent of two', [message(1, [9]), message(2, [9])], '((1)(2))'],
    ['a missing message between', [message(1), message(2, [1, 9])], '(1 2)'],
    [
      'missing messages between, with two replies',
      [message(1), message(2, [1, 9]), message(3, [1, 9, 8])],
      '(1 (2)(3))',
    ],
    [
      'a missing parent: the subject is that of its first reply',
      [message(1, [9], { subject: 'a' }), message(2, [9], { subject: 'b' }), message(3, [], { subject: 'a' })],
      '((1)(2)(3))',
    ],
    ['a missing root over missing messages', [message(1, [9, 8, 7]), message(2, [9, 8, 6])], '((1)(2))'],
    ['truncated References', [message(1), message(2, [1]), message(3, [1, 2]), message(4, [1, 3])], '(1 2 3 4)'],
    ['a reference to itself', [message(1, [1]), message(2, [1, 1])], '(1 2)'],
    ['a circle', [message(1, [2]), message(2, [1])], '(2 1)'],
    ['a circle of three', [message(1, [3]), message(2, [1]), message(3, [2])], '(3 1 2)'],
    ['an id used twice', [message(1), message(2, [], { messageId: '<1@x>' }), message(3, [1])], '(1 3)(2)'],
    [
      'no id',
      [message(1, [], { messageId: undefined }), message(2, [], { messageId: 'junk' }), message(3, [2])],
      '(1)(2)(3)',
    ],
    [
      'siblings by date',
      [message(1), message(2, [1], { date: new Date(Date.UTC(2030, 0, 1)) }), message(3, [1])],
      '(1 (3)(2))',
    ],
    ['roots by date', [message(1, [], { date: new Date(Date.UTC(2030, 0, 1)) }), message(2)], '(2)(1)'],
    ['equal dates by UID', [message(2, [], { date: new Date(0) }), message(1, [], { date: new Date(0) })], '(1)(2)'],
    ['no dates', [message(3, [], { date: undefined }), message(1), message(2, [], { date: undefined })], '(2)(3)(1)'],
  ])('threads %s', (_, messages, threads) => {
    expect(references(...messages)).toBe(threads);
  });

  it.each<[string, ThreadableMessage[], string]>([
    ['a reply by its subject', [message(1, [], { subject: 'x' }), message(2, [], { subject: 'Re: X' })], '(1 2)'],
    ['a reply that is older', [message(1, [], { subject: 'Re: x' }), message(2, [], { subject: 'x' })], '(2 1)'],
    ['equals', [message(1, [], { subject: 'x' }), message(2, [], { subject: 'x' })], '((1)(2))'],
    ['three equals', [1, 2, 3].map((uid) => message(uid, [], { subject: 'x' })), '((1)(2)(3))'],
    ['two replies without their original', [1, 2].map((uid) => message(uid, [], { subject: 'Re: x' })), '((1)(2))'],
    [
      'equals and their replies',
      [message(1, [], { subject: 'x' }), message(2, [], { subject: 'Re: x' }), message(3, [], { subject: 'x' })],
      '((1 2)(3))',
    ],
    [
      'a thread without its root, and a stranger',
      [message(1, [9], { subject: 'Re: x' }), message(2, [9], { subject: 'Re: x' }), message(3, [], { subject: 'x' })],
      '((1)(2)(3))',
    ],
    [
      'a stranger, and a later thread without its root',
      [message(1, [], { subject: 'x' }), message(2, [9], { subject: 'x' }), message(3, [9], { subject: 'y' })],
      '((1)(2)(3))',
    ],
    [
      'two threads without their roots',
      [1, 2, 3, 4].map((uid) => message(uid, [uid < 3 ? 9 : 8], { subject: 'x' })),
      '((1)(2)(3)(4))',
    ],
    ['no subjects', [1, 2].map((uid) => message(uid, [], { subject: undefined })), '(1)(2)'],
    ['subjects with nothing in them', [1, 2].map((uid) => message(uid, [], { subject: 'Re:' })), '(1)(2)'],
    [
      'replies inside a thread, whose subjects do not count',
      [message(1), message(2, [1], { subject: 'x' }), message(3, [], { subject: 'x' })],
      '(1 2)(3)',
    ],
  ])('gathers %s', (_, messages, threads) => {
    expect(references(...messages)).toBe(threads);
  });

  it.each<[string, (i: number, size: number) => number]>([
    ['eldest first', (i) => i],
    ['latest first', (i, size) => size - 1 - i],
    ['in no order', (i, size) => (i * 7919) % size],
  ])('takes a chain of 100,000 messages, %s', { timeout: 30_000 }, (_, place) => {
    const size = 100_000;
    const messages = Array.from({ length: size }, (_, i): ThreadableMessage => {
      const own = place(i, size);
      return { uid: i + 1, date: new Date(own), messageId: `<${own}@x>`, inReplyTo: `<${own - 1}@x>` };
    });
    let [thread, ...others] = threadMessages('REFERENCES', messages);
    expect(others).toEqual([]);
    let depth = 0;
    for (; thread; thread = thread.children[0]) depth++;
    expect(depth).toBe(size);
  });

  it('takes deep trees that thousands refer into', { timeout: 30_000 }, () => {
    const deep = Array.from({ length: 20_000 }, (_, i) => `<d${i}@x>`).join(' ');
    const messages: ThreadableMessage[] = [{ uid: 1, references: deep }];
    for (let uid = 2; uid < 20_000; uid++) {
      messages.push({
        uid,
        messageId: `<${uid}@x>`,
        references: `<d19999@x> <r${uid % 10}@x> <d0@x>`,
        subject: `${uid}`,
      });
    }
    expect(threadMessages('REFERENCES', messages)).not.toHaveLength(0);
    expect(threadMessages('REFS', messages)).not.toHaveLength(0);
  });

  it('takes 50,000 threads with one subject', { timeout: 30_000 }, () => {
    const equals = Array.from({ length: 50_000 }, (_, i) => message(i + 1, [], { subject: i % 2 ? 'x' : 'Re: x' }));
    expect(threadMessages('REFERENCES', equals)).toHaveLength(1);
    const dummies = Array.from({ length: 50_000 }, (_, i) => message(i + 1, [1_000_000 + (i >> 1)], { subject: 'x' }));
    expect(threadMessages('REFERENCES', dummies)[0]?.children).toHaveLength(50_000);
  });
});

describe('REFS', () => {
  const refs = (...messages: ThreadableMessage[]): string => write(threadMessages('REFS', messages));

  it('lets subjects be, and puts the thread with the latest message last', () => {
    const same = { subject: 'x' };
    expect(refs(message(1, [], same), message(2, [], same), message(3, [1], same))).toBe('(2)(1 3)');
    expect(refs(message(1, [9]), message(2, [9]), message(3), message(4, [1]))).toBe('(3)((1 4)(2))');
  });
});

describe('ORDEREDSUBJECT', () => {
  const ordered = (...messages: ThreadableMessage[]): string => write(threadMessages('ORDEREDSUBJECT', messages));

  it('makes a thread of each base subject: the eldest, and all others under it', () => {
    const subjects = ['b', 'a', 'Re: b', 'A', '[list] B', ''];
    expect(ordered(...subjects.map((subject, i) => message(i + 1, [], { subject })))).toBe('(1 (3)(5))(2 4)(6)');
    expect(ordered(message(1, [], { subject: 'x', date: undefined }), message(2, [], { subject: 'Re: x' }))).toBe(
      '(1 2)',
    );
    expect(ordered()).toBe('');
  });
});

describe('threadMessages', () => {
  it('takes messages in any order for those of a mailbox, which are in the order of their UIDs', () => {
    const date = new Date(0);
    const given = [3, 1, 10, 2].map((uid) => message(uid, [], { date, subject: undefined, messageId: '<same@x>' }));
    const reply = message(4, [], { date, subject: 'other', references: '<same@x>' });
    expect(write(threadMessages('REFERENCES', [reply, ...given]))).toBe('(1 4)(2)(3)(10)');
    expect(write(threadMessages('ORDEREDSUBJECT', given))).toBe('(1 (2)(3)(10))');
    expect(write(threadMessages('REFS', new Set(given)))).toBe('(1)(2)(3)(10)');
  });

  it('threads as servers do', () => {
    const vectors = readVectors();
    expect(vectors.length).toBeGreaterThan(0);
    for (const { threads, messages } of vectors) {
      expect(write(threadMessages('REFERENCES', messages))).toBe(threads.REFERENCES);
      expect(write(threadMessages('REFS', messages))).toBe(threads.REFS);
      expect(write(threadMessages('ORDEREDSUBJECT', messages))).toBe(threads.ORDEREDSUBJECT);
    }
  });

  it('gives each message exactly once, however they refer to each other', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = randomNumbers(seed);
      const messages = Array.from({ length: 12 }, (_, i) =>
        message(
          i + 1,
          Array.from({ length: random(5) }, () => random(15)),
          { subject: ['x', 'Re: x', 'y', ''][random(4)] },
        ),
      );
      for (const algorithm of ['REFERENCES', 'REFS', 'ORDEREDSUBJECT'] as const) {
        const uids: number[] = [];
        const waiting = threadMessages(algorithm, messages);
        for (const thread of waiting) {
          if (thread.uid !== undefined) uids.push(thread.uid);
          else expect(thread.children.length).toBeGreaterThan(1);
          waiting.push(...thread.children);
        }
        expect(uids.sort((a, b) => a - b)).toEqual(messages.map(({ uid }) => uid));
      }
    }
  });
});
