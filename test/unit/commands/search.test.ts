import { describe, expect, it } from 'vitest';
import { search } from '../../../src/commands/search.ts';
import { Dialogue } from '../session/dialogue.ts';

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
