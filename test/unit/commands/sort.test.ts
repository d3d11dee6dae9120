import { describe, expect, it } from 'vitest';
import { sort, sortKeys } from '../../../src/commands/sort.ts';
import { Dialogue } from '../session/dialogue.ts';

/** What a sort of a mailbox of ten gives that is answered with a set. */
async function sorted(all: string) {
  const { dialogue, mailbox } = await Dialogue.selected(10, 'SORT ESORT');
  const running = dialogue.run(sort([{ by: 'arrival' }], {}, dialogue.session.state), { mailbox });
  const [, tag = ''] = /^(\S+) /.exec(await dialogue.turn()) ?? [];
  dialogue.lines(`* ESEARCH (TAG "${tag}") UID ALL ${all}`, `${tag} OK done`);
  await dialogue.turn();
  return running;
}

it.each([['date'], [undefined], [[]]])('takes criteria in an array, and at least one: %j', (criteria) => {
  // biome-ignore lint/suspicious/noExplicitAny: what JavaScript may pass
  expect(() => sortKeys(criteria as any)).toThrow('SORT: the criteria come in an array, one at least');
});

describe('UID SORT with ESORT', () => {
  it('names a message that EXISTS has not told of yet', async () => {
    expect((await sorted('3:13')).value).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it('ends the connection of a server that names far more messages than there are', async () => {
    expect((await sorted('4294967295:1')).error).toMatchObject({ name: 'ProtocolError', code: 'LIMIT_RESULTS' });
  });
});
