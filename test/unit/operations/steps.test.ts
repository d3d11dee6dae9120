import { expect, it } from 'vitest';
import { ConnectionError } from '../../../src/errors.ts';
import { Steps } from '../../../src/operations/steps.ts';
import { rejection } from '../../server/operations/target.ts';

const cause = new Error('the socket');
const lost = (maybeExecuted: boolean) =>
  new ConnectionError('LOST', 'gone', { phase: 'command', maybeExecuted, cause });
const refused = new Error('NO');

const done = () => Promise.resolve(1);
const fails = (error: unknown) => () => Promise.reject(error);

it.each([
  ['the first of which was not executed', [fails(lost(false))], false],
  ['the first of which may have been', [fails(lost(true))], true],
  ['the second of which was not executed', [done, fails(lost(false))], true],
  ['the second of which was not executed, behind one that was refused', [fails(refused), fails(lost(false))], false],
  ['the second of which was not, behind one that may have been', [fails(lost(true)), fails(lost(false))], true],
])('a connection lost between steps, %s', async (_, works, maybeExecuted) => {
  const steps = new Steps();
  let last: unknown;
  for (const work of works) last = await steps.take(work()).catch((error) => error);
  expect(last).toBeInstanceOf(ConnectionError);
  expect(last).toMatchObject({ code: 'LOST', message: 'gone', phase: 'command', maybeExecuted, cause });
});

it('leaves what is no lost connection, and what tells already, as it is', async () => {
  const steps = new Steps();
  const told = lost(true);
  const unsent = lost(false);
  expect(steps.failure(unsent)).toBe(unsent);
  expect(await steps.take(done())).toBe(1);
  expect(await rejection(steps.take(Promise.reject(refused)))).toBe(refused);
  expect(await rejection(steps.take(Promise.reject(told)))).toBe(told);
  expect(steps.failure(unsent)).toMatchObject({ maybeExecuted: true });
});
