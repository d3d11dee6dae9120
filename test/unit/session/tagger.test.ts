import { describe, expect, it } from 'vitest';
import type { ConnectionPhase, ImapError } from '../../../src/errors.ts';
import { settle } from '../../../src/session/operation.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { Tagger } from '../../../src/session/tagger.ts';
import { command } from './dialogue.ts';

function tagging(phase: ConnectionPhase = 'command') {
  const failure: ImapError | undefined = undefined;
  const host = { state: new ConnectionState(), phase, failure, leaving: false };
  return { host, tagger: new Tagger(host) };
}

describe('Tagger', () => {
  it('gives each command a tag of its own, and knows those that it gave', () => {
    const { tagger } = tagging();
    expect([tagger.accept(command('X'), {}).tag, tagger.accept(command('X'), {}).tag]).toEqual(['A1', 'A2']);
    expect(['A1', 'A2', 'A3', 'Ax'].map((tag) => tagger.wasSent(tag))).toEqual([true, true, false, false]);
  });

  it('tells who is not authenticated what a refusal may come of, once there is a client', () => {
    const { host, tagger } = tagging();
    expect(tagger.hint).toContain('not authenticated');
    expect(() => tagger.accept(command('X', {}, { needs: 'QUOTA' }), {})).toThrow(
      'X: the server does not offer QUOTA (the client is not authenticated: `auth`)',
    );
    host.state.authenticated = true;
    expect(tagger.hint).toBe('');
    expect(tagging('greeting').tagger.hint).toBe('');
  });

  it('takes nothing once the client was told to log out', () => {
    const { host, tagger } = tagging();
    host.leaving = true;
    expect(() => tagger.accept(command('X'), {})).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  it('tells how far a selection is to the operation that is first to need it, as long as it waits', () => {
    const { tagger } = tagging();
    const told: number[] = [];
    const first = tagger.accept(command('X'), { progress: (done) => told.push(done) });
    const selection = tagger.selection(command('SELECT'), first, () => {});
    selection.options.progress?.(1);
    settle(first, { value: '' });
    selection.options.progress?.(2);
    expect(told).toEqual([1]);
  });

  it('tells the refusal of a selection to whom it is to be told', () => {
    const { tagger } = tagging();
    const refusals: unknown[] = [];
    const selection = tagger.selection(command('SELECT'), tagger.accept(command('X'), {}), (error) => {
      refusals.push(error);
    });
    settle(selection, { error: 'no' });
    expect(refusals).toEqual(['no']);
  });
});
