import { describe, expect, it } from 'vitest';
import { readThreads, thread } from '../../../src/commands/thread.ts';
import type { Thread } from '../../../src/index.ts';
import { Dialogue } from '../session/dialogue.ts';
import { readerOf } from '../syntax/reader-of.ts';

function threads(text: string): Thread[] {
  const reader = readerOf(`THREAD${text}`);
  reader.position += 'THREAD'.length;
  return readThreads(reader);
}

const leaf = (uid: number): Thread => ({ uid, children: [] });

describe('readThreads', () => {
  it('reads the examples of RFC 5256 §3', () => {
    expect(threads(' (2)(3 6 (4 23)(44 7 96))')).toEqual([
      leaf(2),
      {
        uid: 3,
        children: [
          {
            uid: 6,
            children: [
              { uid: 4, children: [leaf(23)] },
              { uid: 44, children: [{ uid: 7, children: [leaf(96)] }] },
            ],
          },
        ],
      },
    ]);
    expect(threads(' ((3)(5))')).toEqual([{ children: [leaf(3), leaf(5)] }]);
    expect(threads(' (174 (175)(176)(178)(181)(180))(179)')).toEqual([
      { uid: 174, children: [175, 176, 178, 181, 180].map(leaf) },
      leaf(179),
    ]);
  });

  it('reads none, and spaces that should not be there', () => {
    expect(threads('')).toEqual([]);
    expect(threads(' ')).toEqual([]);
    expect(threads(' ( 1  2 ) (3)')).toEqual([{ uid: 1, children: [leaf(2)] }, leaf(3)]);
  });

  it.each([' (1', ' 1)', ' (1))', ' (a)', ' (0x)', ' ((1)(2)'])('refuses %j', (text) => {
    expect(() => threads(text)).toThrow();
  });

  it('reads threads as deep as there are messages, in linear time', () => {
    const depth = 100_000;
    const lists = `${Array.from({ length: depth }, (_, index) => `(${index + 1}`).join(' ')}${')'.repeat(depth)}`;
    const chain = `(${Array.from({ length: depth }, (_, index) => index + 1).join(' ')})`;
    for (const text of [lists, chain]) {
      let count = 0;
      for (let [next] = threads(` ${text}`); next?.uid === count + 1; [next] = next.children) count++;
      expect(count).toBe(depth);
    }
  });
});

describe('UID THREAD', () => {
  const answered = async (algorithm: 'ORDEREDSUBJECT' | 'REFERENCES', answer: string, exists = 10) => {
    const { dialogue, mailbox } = await Dialogue.selected(exists, `THREAD=${algorithm}`);
    const running = dialogue.run(thread(algorithm, {}, dialogue.session.state), { mailbox });
    const [, tag = ''] = /^(\S+) /.exec(await dialogue.turn()) ?? [];
    dialogue.lines(`* THREAD ${answer}`, `${tag} OK done`);
    return running.promise;
  };

  it('gives the messages of a subject as answers to the first one, chained as they may be (Courier)', async () => {
    const brothers = [{ uid: 1, children: [2, 3, 4, 5].map(leaf) }, leaf(6), { children: [leaf(7), leaf(8)] }];
    expect(await answered('ORDEREDSUBJECT', '(1 2 (3 4)(5))(6)((7)(8))')).toEqual(brothers);
    expect(await answered('ORDEREDSUBJECT', '(1 (2)(3)(4)(5))(6)((7)(8))')).toEqual(brothers);
    expect(await answered('REFERENCES', '(1 2 3)')).toEqual([{ uid: 1, children: [{ uid: 2, children: [leaf(3)] }] }]);
  });

  it('takes a chain of as many messages as there are, in linear time', async () => {
    const count = 100_000;
    const chain = Array.from({ length: count }, (_, index) => index + 1).join(' ');
    expect((await answered('ORDEREDSUBJECT', `(${chain})`, count))[0]?.children).toHaveLength(count - 1);
  });
});
