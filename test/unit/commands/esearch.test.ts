import { expect, it } from 'vitest';
import { esearch } from '../../../src/commands/esearch.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { answered } from './answered.ts';

it('gathers what sixty thousand responses say of one mailbox', async () => {
  const lines = Array.from(
    { length: 60_000 },
    (_, index) => `* ESEARCH (TAG "A1" MAILBOX x UIDVALIDITY 7) UID ALL ${120_000 - 2 * index}`,
  );
  const { result } = await answered('MULTISEARCH', esearch({}, { personal: true }, new ConnectionState()), lines);
  expect([...result.keys()]).toEqual(['x']);
  expect(result.get('x')).toMatchObject({ uidValidity: 7, uids: { size: 60_000, first: 2, last: 120_000 } });
});

it('names INBOX as it is named here, however the server writes it', async () => {
  const lines = ['* ESEARCH (TAG "A1" MAILBOX inbox UIDVALIDITY 7) UID ALL 1'];
  const { result } = await answered('MULTISEARCH', esearch({}, { personal: true }, new ConnectionState()), lines);
  expect([...result.keys()]).toEqual(['INBOX']);
});
