/** The answers to a FETCH as servers send them: in one response or in several, once or again, beside what comes unasked. */
import { expect, it } from 'vitest';
import { Delivered } from '../../../src/commands/delivered.ts';
import { fetch } from '../../../src/commands/fetch.ts';
import { Gathering } from '../../../src/commands/gathering.ts';
import { Fit } from '../../../src/session/command.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';
import { type FetchData, FetchItemBit, type Section } from '../../../src/syntax/fetch-item.ts';
import { type FetchItems, fetchRequest } from '../../../src/syntax/fetch-items.ts';
import type { MessageSet } from '../../../src/wire/sequence-set.ts';
import { Dialogue } from '../session/dialogue.ts';

/** What is delivered of each message, and how many bytes it is said to have taken. */
async function delivered(set: MessageSet, items: FetchItems, ...lines: string[]) {
  const { dialogue, mailbox } = await Dialogue.selected(3);
  const told: Record<string, unknown>[] = [];
  const bytes: number[] = [];
  const request = fetchRequest(items, dialogue.session.state.capabilities);
  const command = fetch(mailbox, set, request, (message, weight) => {
    told.push(message);
    bytes.push(weight);
  });
  const running = dialogue.run(command, { mailbox });
  await dialogue.turn();
  dialogue.lines(...lines.map((line) => `* ${line}`), 'A3 OK done');
  await running.promise;
  return { told, bytes };
}

const both = { flags: true, size: true };
const message = (uid: number, size: number, flag: string, seq = uid - 10) => ({
  uid,
  seq,
  size,
  flags: new Set([flag]),
});

it('puts together what comes of several messages in several responses, and delivers each once', async () => {
  const lines = [
    '1 FETCH (UID 11 FLAGS (a))',
    '2 FETCH (UID 12 RFC822.SIZE 2)',
    '3 FETCH (UID 13 FLAGS (c) RFC822.SIZE 3)',
    '1 FETCH (UID 11 RFC822.SIZE 1)',
    '1 FETCH (UID 11 FLAGS (again) RFC822.SIZE 1)',
    '2 FETCH (UID 12 FLAGS (b))',
    '2 FETCH (UID 12 FLAGS (again))',
  ];
  const { told, bytes } = await delivered('11:13', both, ...lines);
  expect(told).toEqual([message(13, 3, 'c'), message(11, 1, 'a'), message(12, 2, 'b')]);
  const size = (index: number) => `* ${lines[index]}`.length;
  expect([bytes[0], bytes[2]]).toEqual([size(2), size(1) + size(5)]);
});

it('puts together by number, wherever the UID stands; what is of another UID is another message’s', async () => {
  const { told } = await delivered(
    { seq: '1:3' },
    both,
    '1 FETCH (UID 11 RFC822.SIZE 1)',
    '2 FETCH (RFC822.SIZE 2)',
    '3 FETCH (UID 99 RFC822.SIZE 99)',
    '1 FETCH (FLAGS (a))',
    '2 FETCH (UID 12 FLAGS (b))',
    '3 FETCH (UID 13 FLAGS (c))',
    '3 FETCH (UID 13 RFC822.SIZE 3)',
  );
  expect(told).toEqual([message(11, 1, 'a'), message(12, 2, 'b'), message(13, 3, 'c')]);
});

it('takes no flags that come unasked for an answer, and delivers nothing that has no more', async () => {
  const { told } = await delivered('11:13', both, '1 FETCH (UID 11 FLAGS (a))', '2 FETCH (FLAGS (b))');
  expect(told).toEqual([]);
});

it('delivers without an envelope what the server tells none of, and once', async () => {
  const lines = ['1 FETCH (UID 11 RFC822.SIZE 1)', '2 FETCH (UID 12 RFC822.SIZE 2 ENVELOPE nonsense)'];
  const { told } = await delivered('11:13', { size: true, envelope: true }, ...lines);
  expect(told).toMatchObject([
    { uid: 11, size: 1, envelope: { from: [] } },
    { uid: 12, size: 2, envelope: { from: [] } },
  ]);
});

it('waits for each part, takes none twice, and none that nobody asked for', async () => {
  const { told } = await delivered(
    '11:13',
    { parts: ['1', '2'] },
    '1 FETCH (UID 11 BODY[1] "a")',
    '1 FETCH (UID 11 BODY[1] "again")',
    '1 FETCH (UID 11 BODY[3] "unasked")',
    '2 FETCH (UID 12 BODY[2] "d" BODY[1] "c")',
    '1 FETCH (UID 11 BODY[2] "b")',
  );
  const parts = told.map(({ uid, parts }) => [uid, ...[...(parts as Map<string, Buffer>)].map((one) => one.join(' '))]);
  expect(parts).toEqual([
    [12, '1 c', '2 d'],
    [11, '1 a', '2 b'],
  ]);
});

it('takes UIDs alone for what they are where nothing else is asked for', async () => {
  const { told } = await delivered('11:13', {}, '1 FETCH (UID 11)', '2 FETCH (UID 12 FLAGS (x))', '1 FETCH (UID 11)');
  expect(told.map(({ uid }) => uid)).toEqual([11, 12]);
});

/** How often the names of so many parts are looked at, until the message is delivered. */
function looksAt(count: number, responses: (sections: Section[]) => Section[][]): number {
  let looks = 0;
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  const sections = numbers.map(
    (number): Section => ({
      kind: 'BODY',
      get section() {
        looks++;
        return number;
      },
      bytes: null,
    }),
  );
  const told: unknown[] = [];
  const request = fetchRequest({ parts: numbers }, new Capabilities([]));
  const gathering = new Gathering(true, request, (message) => told.push(message), new Delivered());
  for (const part of responses(sections)) {
    const data: FetchData = { uid: 1, seq: 1, sections: part };
    gathering.take(data, FetchItemBit.UID | FetchItemBit.SECTION, 1, Fit.LOOSE);
  }
  expect(told).toHaveLength(1);
  return looks;
}

it('finds each part at once where they come in the order in which they were asked for', () => {
  const together = (sections: Section[]) => [sections];
  expect(looksAt(1000, together)).toBe(10 * looksAt(100, together));
});

it('looks at those that have come once more, and no more often, for each response with a further one', () => {
  const each = (sections: Section[]) => sections.map((one) => [one]);
  expect(looksAt(400, each)).toBeLessThan(4 * 4.2 * looksAt(100, each));
});
