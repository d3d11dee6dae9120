// What a program pays for the import, and what it ships.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { BUILD, built } from './build.mjs';
import { median } from './measure.mjs';
import { number, table } from './table.mjs';

const exec = promisify(execFile);

/** Milliseconds of one import in a fresh process. @param {string} specifier */
async function importTime(specifier) {
  const code = `const t = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - t)`;
  const { stdout } = await exec(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  return Number(stdout);
}

/** @param {number} rounds @returns {Promise<string>} */
export async function measurePackage(rounds) {
  /** @type {Record<string, string>} */
  const specifiers = {
    imapflow: 'imapflow',
    'node-imap': 'imap',
    ...(built() ? { imapwire: BUILD.href } : {}),
  };
  /** @type {Map<string, number[]>} */
  const times = new Map(Object.keys(specifiers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, specifier] of Object.entries(specifiers)) times.get(name)?.push(await importTime(specifier));
  }
  const rows = [...times].map(([name, all]) => [
    name,
    number(median(all)),
    '',
    '',
    name === 'imapwire' ? verdict(median(all) <= 15) : '',
  ]);
  if (built()) {
    const bytes = readFileSync(BUILD);
    const kilobytes = bytes.length / 1024;
    const gzip = gzipSync(bytes, { level: 9 }).length / 1024;
    rows.push([
      'imapwire, the file',
      '',
      number(kilobytes),
      number(gzip),
      `${verdict(kilobytes <= 200)} (≤ 200 KB), ${verdict(gzip <= 30)} (≤ 30 KB gzipped)`,
    ]);
  } else {
    rows.push(['imapwire', 'not built', '', '', '']);
  }
  return table(rows, ['import', 'ms', 'KB', 'KB gzipped', 'goal (≤ 15 ms)']);
}

/** @param {boolean} reached */
const verdict = (reached) => (reached ? 'yes' : 'NO');
