import { describe, expect, it } from 'vitest';
import { move } from '../../../src/commands/move.ts';
import { Dialogue } from '../session/dialogue.ts';

/** Moves, answered with these untagged lines. */
async function moved(lines: string[], ok = 'OK done') {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'MOVE UIDPLUS');
  const running = dialogue.run(move('1:3', 'x'), { mailbox });
  await dialogue.turn();
  dialogue.lines(...lines, `A3 ${ok}`);
  return running.promise;
}

describe('MOVE', () => {
  it('takes COPYUID from untagged and tagged OK (RFC 6851 §4.3)', async () => {
    const result = await moved(['* OK [COPYUID 7 1,2 11:12] x', '* 1 EXPUNGE'], 'OK [COPYUID 7 3 20] done');
    expect(result).toEqual({
      uidValidity: 7,
      uids: new Map([
        [1, 11],
        [2, 12],
        [3, 20],
      ]),
    });
  });

  it('that fails partway tells what was moved by then (RFC 6851 §3.3)', async () => {
    const partly = moved(['* OK [COPYUID 7 1,2 11:12] x', '* 1 EXPUNGE', '* 1 EXPUNGE'], 'NO [OVERQUOTA] full');
    const uids = new Map([
      [1, 11],
      [2, 12],
    ]);
    await expect(partly).rejects.toMatchObject({ code: 'OVERQUOTA', copied: { uidValidity: 7, uids } });
    const error = await moved([], 'NO [OVERQUOTA] full').catch((reason) => reason);
    expect('copied' in error).toBe(false);
  });

  it('spells out no more than a million pairs, however often they are named', async () => {
    const result = await moved(Array.from({ length: 2000 }, () => '* OK [COPYUID 7 1:500000 1:500000] x'));
    expect(result.uids.size).toBe(500_000);
  });
});
