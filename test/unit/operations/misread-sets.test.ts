import { describe, expect, it } from 'vitest';
import { searchBySets } from '../../../src/operations/misread-sets.ts';
import type { Command } from '../../../src/session/command.ts';
import type { Behaviour } from '../../../src/session/pipeline.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import type { SearchQuery } from '../../../src/syntax/search-key.ts';

/** What the commands of a search may have beside them. */
async function behavioursOf(query: SearchQuery): Promise<Behaviour[]> {
  const behaviours: Behaviour[] = [];
  const run = async <Result>(command: Command<Result>) => {
    behaviours.push(command.behaviour);
    return [1, 2, 5] as Result; // what each of these commands finds
  };
  await searchBySets(run, new ConnectionState(), query);
  return behaviours;
}

describe('a search that is put together here', () => {
  it.each<[SearchQuery, true | undefined]>([
    [{ seq: 2 }, true],
    [{ uid: '3:*' }, undefined],
    [{ or: [{ seen: true }, { seq: '*' }] }, true],
  ])('%j finds out which messages there are as what holds such numbers does', async (query, sequenceNumbers) => {
    expect((await behavioursOf(query))[0]?.sequenceNumbers).toBe(sequenceNumbers);
  });
});
