/** Each vector of a real server's bytes, played to a session: nothing may end it, and all data must arrive. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FetchData } from '../../src/syntax/fetch-item.ts';
import { command, Dialogue, inMailbox, tagsIn } from '../unit/session/dialogue.ts';
import { plain } from '../vectors/read.ts';

interface Vector {
  source: string;
  input: string;
  expected: { name?: string; status?: string; data?: unknown }[];
}

const folder = new URL('../vectors/servers/', import.meta.url);
const CLAIMED = ['LIST', 'XLIST', 'STATUS', 'SEARCH', 'ESEARCH'];

function vectorsOf(file: string): Vector[] {
  const lines = readFileSync(new URL(file, folder), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Vector); // the files are part of this test
}

/** What the vector's bytes bring to a command that takes all there is. */
async function replay(input: string) {
  const fetched: unknown[] = [];
  const claimed: string[] = [];
  const { dialogue } = await Dialogue.selected(100_000);
  const all = inMailbox('ALL', {
    fetch: (data: FetchData) => fetched.push(plain(data)) > 0,
    untagged: Object.fromEntries(CLAIMED.map((name) => [name, () => claimed.push(name) > 0])),
  });
  const running = dialogue.run(all);
  const [tag = ''] = tagsIn(await dialogue.turn());
  dialogue.receive(input);
  dialogue.lines('* 99 EXISTS', `${tag} OK done`);
  await dialogue.turn();
  return { dialogue, running, fetched, claimed };
}

describe.each(readdirSync(folder).sort())('%s', (file) => {
  it.each(vectorsOf(file))('$source', async ({ input, expected }) => {
    const { dialogue, running, fetched, claimed } = await replay(input);
    if (expected.some(({ status }) => status === 'BYE')) {
      // What was under way is answered behind it.
      expect([running.value, dialogue.session.failure]).toMatchObject(['done', { code: 'BYE' }]);
      return;
    }
    expect(running.value).toBe('done');
    expect(dialogue.session.state.selected?.exists).toBe(99);
    const named = (...names: string[]) => expected.filter(({ name }) => names.includes(name ?? ''));
    expect(fetched).toEqual(named('FETCH').map(({ data }) => data));
    expect(claimed).toEqual(named(...CLAIMED).map(({ name }) => name));
    const next = dialogue.run(command('NEXT'));
    const [tag] = tagsIn(await dialogue.turn());
    dialogue.lines(`${tag} OK next`);
    await dialogue.turn();
    expect(next.value).toBe('next');
  });
});
