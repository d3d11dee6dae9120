import { expect, it } from 'vitest';
import { watchedCommand } from '../../../src/operations/watched-command.ts';
import type { Command } from '../../../src/session/command.ts';
import type { StatusResponse } from '../../../src/syntax/response.ts';

const OK = { status: 'OK', text: '' } as StatusResponse; // nothing else of it is read

it('is watched when it is run again, each time by a watch of its own', () => {
  const looked: number[] = [];
  let times = 0;
  const command: Command<string> = { name: 'X', behaviour: {}, repeat: () => command, finish: () => 'done' };
  const watched = watchedCommand(command, () => {
    const time = ++times;
    return { finish: () => looked.push(time) };
  });
  expect(watched.repeat?.()?.repeat?.()?.finish(OK)).toBe('done');
  expect(watched.finish(OK)).toBe('done');
  expect(looked).toEqual([3, 1]);
});

it('is not run again where the command is not', () => {
  const command: Command<void> = { name: 'X', behaviour: {}, finish: () => {} };
  expect(watchedCommand(command, () => ({ finish: () => {} })).repeat?.()).toBeUndefined();
});
