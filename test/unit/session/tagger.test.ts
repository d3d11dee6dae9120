import { describe, expect, it } from 'vitest';
import type { ConnectionPhase, ImapError } from '../../../src/errors.ts';
import { settle } from '../../../src/session/operation.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { accept, hint, selectFor } from '../../../src/session/tagger.ts';
import { command } from './dialogue.ts';

function hostOf(phase: ConnectionPhase = 'command') {
  const failure: ImapError | undefined = undefined;
  let tickets = 0;
  return { state: new ConnectionState(), phase, failure, leaving: false, nextTicket: () => ++tickets };
}

describe('accept', () => {
  it('gives each command a tag of its own', () => {
    const host = hostOf();
    expect([accept(host, command('X'), {}).tag, accept(host, command('X'), {}).tag]).toEqual(['A1', 'A2']);
  });

  it('tells who is not authenticated what a refusal may come of, once there is a client', () => {
    const host = hostOf();
    expect(hint(host)).toContain('not authenticated');
    expect(() => accept(host, command('X', {}, { needs: 'QUOTA' }), {})).toThrow(
      'X: the server does not offer QUOTA (the client is not authenticated: `auth`)',
    );
    host.state.authenticated = true;
    expect(hint(host)).toBe('');
    expect(hint(hostOf('greeting'))).toBe('');
  });

  it('takes nothing once the client was told to log out', () => {
    const host = hostOf();
    host.leaving = true;
    expect(() => accept(host, command('X'), {})).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });
});

describe('selectFor', () => {
  it('tells how far it is to the operation that is first to need it, as long as that waits', () => {
    const host = hostOf();
    const told: number[] = [];
    const first = accept(host, command('X'), { progress: (done) => told.push(done) });
    const selection = selectFor(first, host, command('SELECT'), () => {});
    selection.options.progress?.(1);
    settle(first, { value: '' });
    selection.options.progress?.(2);
    expect(told).toEqual([1]);
  });

  it('tells the refusal of a selection to whom it is to be told', () => {
    const host = hostOf();
    const refusals: unknown[] = [];
    const selection = selectFor(accept(host, command('X'), {}), host, command('SELECT'), (error) => {
      refusals.push(error);
    });
    settle(selection, { error: 'no' });
    expect(refusals).toEqual(['no']);
  });
});
