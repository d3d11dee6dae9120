/** An OK without the response that the RFC requires, and with it more than once: no answer is made up. */
import { expect, it } from 'vitest';
import { comparator } from '../../../src/commands/comparator.ts';
import { getAcl } from '../../../src/commands/getacl.ts';
import { getQuota } from '../../../src/commands/getquota.ts';
import { getQuotaRoot } from '../../../src/commands/getquotaroot.ts';
import { language } from '../../../src/commands/language.ts';
import { listRights } from '../../../src/commands/listrights.ts';
import { myRights } from '../../../src/commands/myrights.ts';
import { namespace } from '../../../src/commands/namespace.ts';
import { search } from '../../../src/commands/search.ts';
import { searchReturn } from '../../../src/commands/search-return.ts';
import { sort } from '../../../src/commands/sort.ts';
import type { Command } from '../../../src/session/command.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { Dialogue } from '../session/dialogue.ts';
import { answered } from './answered.ts';

const here = { utf8: false };

const CASES: [capability: string, Command<unknown>, other: string][] = [
  ['ACL', getAcl('INBOX', here), 'ACL other joe lr'],
  ['ACL', listRights('INBOX', 'joe', here), 'LISTRIGHTS other joe lr'],
  ['ACL', myRights('INBOX', here), 'MYRIGHTS other lr'],
  ['I18NLEVEL=2', comparator([], new ConnectionState()), 'LANGUAGE (de)'],
  ['NAMESPACE', namespace(here), 'LANGUAGE (de)'],
  ['QUOTA', getQuota('root'), 'QUOTAROOT INBOX root'],
];

it.each(CASES.map((one) => [one[1].name, one] as const))('%s without its response is no success', async (_, one) => {
  const [capability, command, other] = one;
  await expect(answered(capability, command, [`* ${other}`])).rejects.toMatchObject({
    name: 'ImapError',
    code: 'UNREADABLE',
    message: expect.stringContaining(`${command.name}: `),
  });
});

it('tells each quota root, each quota and each language once that the server tells twice', async () => {
  const quota = '* QUOTA root (STORAGE 1 2)';
  const { result } = await answered('QUOTA', getQuotaRoot('INBOX'), [
    ...['* QUOTAROOT INBOX root', '* QUOTAROOT INBOX root other'],
    ...[quota, quota.replace('1', '0'), quota],
  ]);
  expect(result).toEqual({
    roots: ['root', 'other'],
    quotas: [{ root: 'root', resources: { STORAGE: { used: 1, limit: 2 } } }],
  });
  const languages = await answered('LANGUAGE', language([], new ConnectionState()), [
    ...['* LANGUAGE (de en)', '* LANGUAGE (de en)'],
  ]);
  expect(languages.result).toEqual(['de', 'en']);
});

it.each([
  ['SEARCH', '* SEARCH 99 3', (state: ConnectionState) => search({}, state)],
  ['SORT', '* SORT 99 3', (state: ConnectionState) => sort(['date'], {}, state)],
])('takes the ESEARCH that was asked for, and not the %s before it', async (_, stray, make) => {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH SORT ESORT');
  const running = dialogue.run<number[]>(make(dialogue.session.state), { mailbox });
  const [tag] = (await dialogue.turn()).split(' ');
  dialogue.lines(stray, `* ESEARCH (TAG "${tag}") UID ALL 1:2`, `${tag} OK done`);
  expect(await running.promise).toEqual([1, 2]);
});

it('returns of a search what its own ESEARCH tells, and not the SEARCH before it', async () => {
  const { dialogue, mailbox } = await Dialogue.selected(3, 'ESEARCH');
  const command = searchReturn({}, { count: true, max: true }, dialogue.session.state);
  const running = dialogue.run(command, { mailbox });
  const [tag] = (await dialogue.turn()).split(' ');
  dialogue.lines('* SEARCH 99', `* ESEARCH (TAG "${tag}") UID COUNT 2 MAX 3`, `${tag} OK done`);
  expect(await running.promise).toEqual({ count: 2, max: 3 });
});
