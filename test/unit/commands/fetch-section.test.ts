import { expect, it, vi } from 'vitest';
import { fetchSection } from '../../../src/commands/fetch-section.ts';
import { Fit } from '../../../src/session/command.ts';
import type { FetchData } from '../../../src/syntax/fetch-item.ts';
import type { StatusResponse } from '../../../src/syntax/response.ts';
import type { ByteRange } from '../../../src/syntax/section.ts';
import { Frame } from '../../../src/wire/frame.ts';

const SINK = { begin: () => {}, chunk: () => {}, end: () => {} };

/** A response of this line and these pieces, a literal behind each but the last. */
function frameOf(line: string, ...pieces: string[]): Frame {
  const frame = Frame.of(line);
  frame.beginLiterals();
  frame.pieces.push(...pieces);
  return frame;
}

it('takes the literal of its own section and UID, in one response after the other', () => {
  const command = fetchSection(5, '', SINK);
  const taken = (...frame: [string, ...string[]]) => command.literal?.(frameOf(...frame), 3) !== undefined;
  expect(taken('* 1 FETCH (UID 6 BODY[] {3}')).toBe(false);
  expect(taken('* 1 FETCH (UID 6 BODY[1] {3}', ' BODY[] {3}')).toBe(false);
  expect(taken('* 1 FETCH (UID 5 BODY[1] {3}')).toBe(false);
  expect(taken('* 1 FETCH (UID 5 BODY[1] {3}', ' BODY[] {3}')).toBe(true);
  expect(taken('* 1 FETCH (UID 5 BODY[] {3}')).toBe(false);
});

it('looks once at the first line of a response, however many literals follow it', () => {
  const command = fetchSection(5, '', SINK);
  const frame = frameOf('* 1 FETCH (UID 4 BODY[] {0}');
  const looks = vi.spyOn(Frame.prototype, 'line', 'get');
  for (let count = 0; count < 10_000; count++) {
    expect(command.literal?.(frame, 0)).toBeUndefined();
    frame.pieces.push(' BODY[] {0}');
  }
  expect(looks.mock.calls.length).toBeLessThan(10);
  looks.mockRestore();
});

it('cuts what is asked for out of the whole, where a server sends that and no origin, as Exchange may', () => {
  const taken = (response: string, offset: number, length: number) => {
    const told: unknown[] = [];
    const sink = {
      begin: (size: number) => told.push(size),
      chunk: (bytes: Buffer) => told.push(bytes.toString()),
      end: () => {},
    };
    const literal = fetchSection(5, '1', sink, { offset, length }).literal?.(frameOf(response), 10);
    for (const piece of ['012', '3456', '789']) literal?.chunk(Buffer.from(piece));
    return told;
  };
  expect(taken('* 1 FETCH (UID 5 BODY[1] {10}', 2, 3)).toEqual([3, '2', '34']);
  expect(taken('* 1 FETCH (UID 5 BODY[1] {10}', 8, 30)).toEqual([2, '89']);
  expect(taken('* 1 FETCH (UID 5 BODY[1] {10}', 30, 1)).toEqual([0]);
  expect(taken('* 1 FETCH (UID 5 BODY[1]<2> {10}', 2, 10)).toEqual([10, '012', '3456', '789']);
  expect(taken('* 1 FETCH (UID 5 BODY[1]<4> {10}', 2, 10)).toEqual([]);
});

it('takes a short section that comes as a quoted string, of its own message and once', () => {
  const answer = (uid: number, section: string, text: string | null, origin?: number): FetchData => ({
    uid,
    seq: 1,
    sections: [{ kind: 'BODY', section, bytes: text === null ? null : Buffer.from(text), ...(origin && { origin }) }],
  });
  const taken = (answers: FetchData[], partial?: ByteRange) => {
    const told: unknown[] = [];
    const sink = {
      begin: (size: number) => told.push(size),
      chunk: (bytes: Buffer) => told.push(bytes.toString()),
      end: () => told.push('end'),
    };
    const command = fetchSection(5, '1', sink, partial);
    for (const one of answers) told.push(command.fetch?.(one, 0, 20, Fit.LOOSE));
    return [...told, command.finish({ status: 'OK', text: '' } as StatusResponse)]; // nothing else of it is read
  };
  expect(taken([answer(6, '1', 'x'), answer(5, '2', 'x')])).toEqual([false, false, false]);
  expect(taken([answer(5, '1', 'abc'), answer(5, '1', 'again')])).toEqual([3, 'abc', 'end', true, false, true]);
  expect(taken([answer(5, '1', '')])).toEqual([0, 'end', true, true]);
  expect(taken([answer(5, '1', null)])).toEqual([true, false]);
  const partial = { offset: 1, length: 1 };
  expect(taken([answer(5, '1', 'abc')], partial)).toEqual([1, 'b', 'end', true, true]);
  expect(taken([answer(5, '1', 'x', 2), answer(5, '1', 'b', 1)], partial)).toEqual([false, 1, 'b', 'end', true, true]);
});
