import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeMaildir } from './maildir.ts';
import { makeMessage } from './message.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'iw-mail-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('writeMaildir', { timeout: 30_000 }, () => {
  it('writes each message with its size, flags and date, in the order of the names', () => {
    const written = writeMaildir(dir, 30, { oddPercent: 30 });
    expect(readdirSync(dir).sort()).toEqual(['cur', 'new', 'tmp']);
    expect(readdirSync(join(dir, 'cur')).sort()).toEqual(written.map(({ file }) => file));
    for (const [index, { file, size }] of written.entries()) {
      const { raw, flags, internalDate } = makeMessage(index, { oddPercent: 30 });
      const stored = readFileSync(join(dir, 'cur', file));
      expect(stored.toString('latin1').replaceAll('\n', '\r\n')).toBe(raw.toString('latin1'));
      expect(size).toBe(raw.length);
      expect(file).toContain(`,S=${stored.length},W=${raw.length}:2,`);
      expect(file.endsWith('S')).toBe(flags.includes('\\Seen') && !flags.includes('\\Deleted'));
      expect(statSync(join(dir, 'cur', file)).mtimeMs).toBe(Math.floor(internalDate.getTime() / 1000) * 1000);
    }
  });

  it('spreads big messages evenly', () => {
    const sizes = writeMaildir(dir, 4, { big: 2, median: 300 }).map(({ size }) => size > 4_000_000);
    expect(sizes).toEqual([false, true, false, true]);
  });
});
