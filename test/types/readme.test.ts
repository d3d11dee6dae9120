import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaints, repository } from './compile.ts';

const PATIENCE_MS = 120_000;
const readme = readFileSync(join(repository, 'README.md'), 'utf8');

/** What the README says its snippets use, for those that do not connect themselves. Its names are on the snippet's own line. */
const GIVEN = `import type { ImapClient as Client_, Mailbox as Mailbox_ } from 'imapwire'; declare const client: Client_; declare const inbox: Mailbox_; `;

interface Block {
  language: string;
  text: string;
  /** Of its first line of code. */
  line: number;
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: text = '', index }) => ({
    language,
    text,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** A module of one snippet, its lines where they stand in the README. */
function moduleOf({ text, line }: Block): string {
  const given = /^(?:const|await using) client = /m.test(text) ? '' : GIVEN;
  return `${'\n'.repeat(line - 2)}${given}\n${text}\nexport {};\n`;
}

describe('README.md', () => {
  const blocks = blocksOf(readme);
  const snippets = blocks.filter(({ language }) => language === 'ts');

  it('says of each block what it is', () => {
    expect(blocks.filter(({ language }) => !['ts', 'sh'].includes(language))).toEqual([]);
    expect(snippets.length).toBeGreaterThan(10);
  });

  it('shows programs that compile', { timeout: PATIENCE_MS }, () => {
    const modules = new Map(snippets.map((block) => [join(repository, `README.md.${block.line}.ts`), moduleOf(block)]));
    // Snippets show what there is, whether they use it or not.
    expect(complaints([...modules.keys()], modules, { noUnusedLocals: false })).toEqual([]);
  });

  it('names files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(({ 1: target = '' }) => target);
    const local = links.filter((target) => !target.includes('://'));
    expect(local.length).toBeGreaterThan(0);
    for (const target of local) expect(() => readFileSync(join(repository, target))).not.toThrow(/ENOENT/);
  });

  it('leads to its own sections', () => {
    const anchors = [...readme.matchAll(/^##+ (.+)$/gm)].map(({ 1: title = '' }) =>
      title.toLowerCase().replaceAll(',', '').replaceAll(' ', '-'),
    );
    const named = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(({ 1: anchor = '' }) => anchor);
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  it('names everything that the package exports', () => {
    const index = readFileSync(join(repository, 'src/index.ts'), 'utf8');
    const exported = [...index.matchAll(/^export \{([^}]*)\}/gm)].flatMap(({ 1: names = '' }) => names.split(','));
    const values = exported.map((name) => name.trim()).filter((name) => name !== '' && !name.startsWith('type '));
    expect(values.length).toBeGreaterThan(10);
    expect(values.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))).toEqual([]);
  });

  it('names every code that an error of the library has', () => {
    const files = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('testing'));
    const text = sources.map((file) => readFileSync(join(repository, 'src', file), 'utf8')).join('\n');
    const codes = [
      ...text.matchAll(/(?:\b(?:Imap|Connection|Protocol|connection)Error|refuse)\(\s*'([A-Z_-]+)'/g),
      ...text.matchAll(/\bnew UsageError\([^;]*?,\s*'([A-Z_-]+)',?\s*\)/g),
    ].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(60);
    // Caught within the library: a response that can't be read is dropped, and what it does itself may be left off.
    const internal = ['SYNTAX', 'CANCELLED'];
    const missing = codes.filter((code = '') => !internal.includes(code) && !readme.includes(`\`${code}\``));
    expect([...new Set(missing)].sort()).toEqual([]);
  });
});
