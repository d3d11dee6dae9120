import { expect, it, vi } from 'vitest';
import { uidMap } from '../../../src/commands/uid-map.ts';
import { SequenceMap } from '../../../src/session/sequence-map.ts';
import { Dialogue, tagsIn } from '../session/dialogue.ts';
import { uidsOf } from '../session/uids-of.ts';

it('makes the map once, however many answers add nothing to it', async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3);
  mailbox.track();
  const made = vi.spyOn(SequenceMap, 'of');
  const running = dialogue.run(uidMap(mailbox, dialogue.session.state), { mailbox });
  const [tag = ''] = tagsIn(await dialogue.turn());
  dialogue.lines('* SEARCH 4', '* SEARCH 9 6', ...Array<string>(50).fill('* SEARCH'), `${tag} OK done`);
  expect(await running.promise).toBe(mailbox.uids);
  expect(uidsOf(mailbox.uids)).toEqual([4, 6, 9]);
  expect(made).toHaveBeenCalledTimes(1);
});

it.each([
  [true, [4, 6, 9], 9, ['* SEARCH 4 9 6']],
  [true, [4, 6, 9], 9, ['* SEARCH 4 9 6 9 4']],
  [false, [4, 6], 6, ['* SEARCH 6 4']],
  [false, [4, 6], 6, ['* SEARCH 6 4 6']],
  [false, [], Number.POSITIVE_INFINITY, ['* SEARCH']],
  [false, [], Number.POSITIVE_INFINITY, []],
])(
  'tells whether these are all, asked again too: %s, found %j, the last one being %s',
  async (fits, found, last, lines) => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const { state } = dialogue.session;
    const told: unknown[] = [];
    const command = uidMap(mailbox, state, (...one) => told.push(one));
    const again = command.repeat?.() as typeof command; // it is one that can be repeated
    for (const asked of [command, again]) {
      const running = dialogue.run(asked, { mailbox });
      const [tag = ''] = tagsIn(await dialogue.turn());
      dialogue.lines(...lines, `${tag} OK done`);
      expect((await running.promise) !== undefined).toBe(fits);
      expect(mailbox.uids).toBeUndefined();
    }
    expect(told).toEqual([
      [found, last],
      [found, last],
    ]);
  },
);
