import { expect, it } from 'vitest';
import { ConnectionError } from '../../src/errors.ts';
import { ReconnectingLink } from '../../src/reconnect.ts';
import { Dialogue } from './session/dialogue.ts';

it('takes no connection that comes as it is closed, and is closed once', async () => {
  const [first, second] = [Dialogue.ready(), Dialogue.ready()];
  const link = new ReconnectingLink(first.session, { attempts: 1, minDelay: 0, maxDelay: 0 }, async () => {
    link.fail(new ConnectionError('CLOSED', 'The client was closed', { phase: 'connect' }));
    return second.session;
  });
  const told: unknown[] = [];
  link.listeners.on('close', (event) => told.push(event));
  link.listeners.on('reconnected', (event) => told.push(event));
  first.session.ended(new Error('lost'));
  await expect.poll(() => second.transport.closed).toBe(true);
  expect([told, link.closed, link.reconnecting]).toEqual([[{}], true, false]);
});
