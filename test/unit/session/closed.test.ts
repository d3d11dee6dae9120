/** CLOSED (RFC 7162 §3.2.11, RFC 9051 §7.1): the boundary between what is told of two mailboxes while one is selected after the other. */
import { describe, expect, it } from 'vitest';
import { Changes, resynchronize } from '../../../src/commands/resynchronize.ts';
import { MailboxState } from '../../../src/session/mailbox-state.ts';
import { Dialogue, nothing, tagsIn } from './dialogue.ts';

/** What is told of either mailbox. */
function heard(...mailboxes: MailboxState[]): string[] {
  const events: string[] = [];
  for (const { name, listeners } of mailboxes) {
    listeners.on('expunge', ({ seq, uid }) => events.push(`${name} expunge ${seq ?? `UID ${uid}`}`));
    listeners.on('flags', ({ seq }) => events.push(`${name} flags ${seq}`));
    listeners.on('exists', ({ count }) => events.push(`${name} exists ${count}`));
  }
  return events;
}

/** A mailbox of three messages is left for another, and the server says these lines. */
async function left(enabled: string[], lines: string[], status = 'OK') {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'QRESYNC CONDSTORE');
  dialogue.session.state.enable(enabled);
  const other = new MailboxState('other', false);
  const events = heard(mailbox, other);
  const running = dialogue.run(nothing(), { mailbox: other });
  const [tag] = tagsIn(await dialogue.turn());
  dialogue.lines(...lines, `${tag} ${status} done`);
  await dialogue.turn();
  return { dialogue, mailbox, other, events, running };
}

const LATE = ['* 2 FETCH (UID 2 FLAGS (x))', '* 1 EXPUNGE', '* VANISHED 3'];
const OWN = ['* 5 EXISTS', '* OK [UIDVALIDITY 7]', '* OK [UIDNEXT 9]'];
const OF_INBOX = ['INBOX flags 2', 'INBOX expunge 1', 'INBOX exists 2', 'INBOX expunge UID 3', 'INBOX exists 1'];

describe.each([[['QRESYNC']], [['IMAP4REV2']], [[]]])('with %j enabled', (enabled) => {
  it('what comes before CLOSED is told of the mailbox that is left', async () => {
    const stale = ['* 4 EXISTS', '* OK [HIGHESTMODSEQ 99]', '* FLAGS (old)'];
    const { other, events, running } = await left(enabled, [...stale, ...LATE, '* OK [CLOSED] x', ...OWN]);
    expect(events).toEqual([...OF_INBOX, 'other exists 5']);
    expect(other).toMatchObject({ exists: 5, uidValidity: 7, uidNext: 9, highestModseq: undefined });
    expect(other.flags.size).toBe(0);
    expect(running.state).toBe('resolved');
  });

  it('a server that leaves CLOSED out is understood from UIDVALIDITY on', async () => {
    const { other, events } = await left(enabled, ['* FLAGS (own)', ...OWN, ...LATE]);
    expect(events).toEqual([
      'other exists 5',
      ...['flags 2', 'expunge 1', 'exists 4', 'expunge UID 3', 'exists 3'].map((event) => `other ${event}`),
    ]);
    expect([...other.flags]).toEqual(['own']);
  });

  it('and what comes before that is told of the mailbox that is left, its count not of the other for long', async () => {
    const { other, events } = await left(enabled, ['* 4 EXISTS', ...LATE, ...OWN]);
    expect(events).toEqual([...OF_INBOX, 'other exists 5']);
    expect(other.exists).toBe(5);
  });

  it('and the mod-sequence that comes before is not that of a mailbox without any', async () => {
    const { other } = await left(enabled, ['* OK [HIGHESTMODSEQ 99]', ...OWN, '* OK [NOMODSEQ] none here']);
    expect(other.highestModseq).toBeUndefined();
  });

  it('and one that says next to nothing, by its answer', async () => {
    const { other, events } = await left(enabled, ['* 5 EXISTS']);
    expect([events, other.exists]).toEqual([['other exists 5'], 5]);
  });

  it('a refusal leaves none selected', async () => {
    const { dialogue, events, running } = await left(enabled, ['* 5 EXISTS'], 'NO');
    dialogue.lines(...LATE);
    expect([running.state, events, dialogue.session.state.told]).toEqual(['rejected', [], undefined]);
  });
});

it('a resynchronization takes no changes before CLOSED', async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'QRESYNC CONDSTORE');
  dialogue.session.state.enable(['QRESYNC']);
  const other = new MailboxState('other', false);
  const events = heard(mailbox, other);
  const changes = new Changes();
  const since = { uidValidity: 7, modseq: 1n };
  const running = dialogue.run(resynchronize(other, dialogue.session.state, since, changes));
  const [tag] = tagsIn(await dialogue.turn());
  const own = ['* VANISHED (EARLIER) 1:2', '* 4 FETCH (UID 8 MODSEQ (5) FLAGS (y))'];
  dialogue.lines(...LATE, '* OK [CLOSED] x', ...OWN, ...own, `${tag} OK done`);
  await running.promise;
  expect([`${changes.vanished()}`, [...changes.flags.keys()]]).toEqual(['1:2', [8]]);
  expect(events).toEqual([...OF_INBOX, 'other exists 5']);
});

describe('CLOSED, where no mailbox is selected in its place (RFC 9051 §3)', () => {
  it('leaves none: what is called for next selects it anew', async () => {
    const { dialogue, mailbox } = await Dialogue.selected(3);
    const events = heard(mailbox);
    dialogue.lines('* OK [CLOSED] it was deleted', ...LATE);
    const running = dialogue.run(nothing(), { mailbox });
    const [tag] = tagsIn(await dialogue.turn());
    dialogue.lines(`${tag} NO [NONEXISTENT] no such mailbox`);
    await dialogue.turn();
    expect([events, running.error?.code, dialogue.session.state.selected]).toEqual([[], 'NONEXISTENT', undefined]);
  });

  it.each([
    ['behind UIDVALIDITY', [...OWN, '* OK [CLOSED] x'], 'OK'],
    ['twice', ['* OK [CLOSED] x', ...OWN, '* OK [CLOSED] x'], 'OK'],
    ['in the answer', OWN, 'OK [CLOSED]'],
  ])('is none that comes within a SELECT: %s', async (_, lines, status) => {
    const { dialogue, other, running } = await left([], lines, status);
    expect([running.state, dialogue.session.state.selected]).toEqual(['resolved', other]);
  });
});
