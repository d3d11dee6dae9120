import { describe, expect, it } from 'vitest';
import { fetch } from '../../../src/commands/fetch.ts';
import { store } from '../../../src/commands/store.ts';
import { fetchRequest } from '../../../src/syntax/fetch-items.ts';
import { Dialogue } from '../session/dialogue.ts';

/** What is said of a command to a server with these capabilities; undefined where it is sent. */
async function refusal(capabilities: string, of: 'labels' | 'vanished'): Promise<string | undefined> {
  const { dialogue, mailbox } = await Dialogue.selected(3, capabilities);
  const request = fetchRequest({}, dialogue.session.state.capabilities);
  const running =
    of === 'labels'
      ? dialogue.run(store(mailbox, 1, '+', ['x'], { gmailLabels: true, unchangedSince: 5n }), { mailbox })
      : dialogue.run(
          fetch(mailbox, '1:*', request, () => {}, { partial: '1:10', changedSince: 5n, vanished: true }),
          { mailbox },
        );
  const sent = await dialogue.turn();
  expect(sent === '').toBe(running.state === 'rejected');
  return running.error?.message;
}

describe('a command that needs several capabilities', () => {
  it.each([
    ['labels', 'X-GM-EXT-1', 'UID STORE: the server does not offer CONDSTORE'],
    ['labels', 'CONDSTORE', 'UID STORE: the server does not offer X-GM-EXT-1'],
    ['labels', 'X-GM-EXT-1 CONDSTORE', undefined],
    ['vanished', 'PARTIAL', 'UID FETCH: the server does not offer QRESYNC'],
    ['vanished', 'QRESYNC', 'UID FETCH: the server does not offer PARTIAL'],
    ['vanished', 'QRESYNC PARTIAL', undefined],
  ] as const)('is refused where one is missing: %s with %s', async (of, capabilities, message) => {
    expect(await refusal(capabilities, of)).toBe(message);
  });
});
