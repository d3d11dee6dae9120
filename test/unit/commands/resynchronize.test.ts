import { expect, it } from 'vitest';
import { Changes, resynchronize } from '../../../src/commands/resynchronize.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { answered } from './answered.ts';

it('gathers what sixty thousand VANISHED responses name', async () => {
  const changes = new Changes();
  const since = { uidValidity: 1, modseq: 5n };
  const lines = Array.from({ length: 60_000 }, (_, index) => `* VANISHED (EARLIER) ${2 * index + 1}`);
  const command = resynchronize(new MailboxState('INBOX', false), new ConnectionState(), since, changes);
  await answered('QRESYNC', command, lines);
  expect(changes.vanished()).toMatchObject({ size: 60_000, first: 1, last: 119_999 });
});
