import { expect, it } from 'vitest';
import { fetchParts } from '../../../src/commands/fetch-parts.ts';
import { Fit } from '../../../src/session/command.ts';
import { FetchItemBit, type Section } from '../../../src/syntax/fetch-item.ts';
import type { StatusResponse } from '../../../src/syntax/response.ts';
import { written } from '../syntax/reader-of.ts';

const OK = { status: 'OK', text: '' } as StatusResponse; // nothing else of it is read

/** The beginning of part 1 and all of part 2 of the message 7; what is taken of an answer, and what was in the end. */
function fetching() {
  const command = fetchParts(7, [{ part: '1', length: 3 }, { part: '2' }]);
  const take = (uid: number, fit: Fit, section: string, bytes: string | null, more: Partial<Section> = {}) => {
    const sections: Section[] = [{ kind: 'BODY', section, bytes: bytes === null ? null : Buffer.from(bytes), ...more }];
    return command.fetch?.({ uid, seq: 1, sections }, FetchItemBit.UID | FetchItemBit.SECTION, 20, fit);
  };
  const came = () => [...command.finish(OK)].map(([part, bytes]) => `${part} ${bytes}`);
  return { command, take, came };
}

it('asks for the beginning of a part, or for all of it', () => {
  const { command } = fetching();
  expect(written((writer) => command.write?.(writer))).toBe(' 7 (UID BODY.PEEK[1]<0.3> BODY.PEEK[2])');
});

it('takes what it asked for of its message, once', () => {
  const { take, came } = fetching();
  expect(take(8, Fit.LOOSE, '2', 'other')).toBe(false);
  expect(take(7, Fit.LOOSE, '3', 'other')).toBe(false);
  expect(take(7, Fit.LOOSE, '2', 'other', { kind: 'BINARY' })).toBe(false);
  expect(take(7, Fit.LOOSE, '2', 'other', { origin: 5 })).toBe(false);
  expect(take(7, Fit.LOOSE, '2', 'two')).toBe(true);
  expect(take(7, Fit.LOOSE, '2', 'again')).toBe(false);
  expect(take(7, Fit.LOOSE, '1', null, { origin: 0 })).toBe(true);
  expect(came()).toEqual(['2 two', '1 null']);
});

it('takes the whole for its beginning only where it can be no answer to another command', () => {
  const { take, came } = fetching();
  expect(take(7, Fit.EXACT, '1', 'whole')).toBe(false);
  expect(take(7, Fit.EXACT, '2', 'slice', { origin: 0 })).toBe(false);
  expect(take(7, Fit.EXACT, '2', 'two')).toBe(true);
  expect(take(7, Fit.LOOSE, '1', 'whole')).toBe(true);
  expect(came()).toEqual(['2 two', '1 who']);
});
