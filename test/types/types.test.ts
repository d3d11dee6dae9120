import { join } from 'node:path';
import { expect, it } from 'vitest';
import { complaints, repository } from './compile.ts';

const folder = join(repository, 'test/types');
const files = ['results.ts', 'options.ts', 'surface.ts'].map((name) => join(folder, name));
/** Shows that a mistake would not go unnoticed. */
const mistaken = join(folder, 'mistaken.ts');
const MISTAKES = `import { connect, type Mailbox } from 'imapwire';
export const client = connect({ port: '993' });
declare const mailbox: Mailbox;
// @ts-expect-error Nothing is wrong with it.
export const uids: Promise<number[]> = mailbox.search({});
`;

it('the types let right uses compile and wrong ones not', { timeout: 120_000 }, () => {
  expect(complaints([...files, mistaken], new Map([[mistaken, MISTAKES]]))).toEqual([
    expect.stringContaining('test/types/mistaken.ts:2 '),
    `test/types/mistaken.ts:4 Unused '@ts-expect-error' directive.`,
  ]);
});
