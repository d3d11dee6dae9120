// What a program pays for the import, and what it ships.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { BUILD, built } from './build.mjs';
import { median } from './measure.mjs';
import { number, table } from './table.mjs';

const exec = promisify(execFile);

/** Milliseconds of imports in a fresh process, one behind the other. @param {string[]} specifiers @returns {Promise<number[]>} */
async function importTimes(specifiers) {
  const code = `const all = [];
    for (const specifier of ${JSON.stringify(specifiers)}) {
      const t = performance.now();
      await import(specifier);
      all.push(performance.now() - t);
    }
    console.log(JSON.stringify(all))`;
  const { stdout } = await exec(process.execPath, ['--input-type=module', '-e', code], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
  });
  return JSON.parse(stdout);
}

/** A file, and all that it imports statically. @param {URL} file @param {Set<string>} found @returns {Set<string>} */
function loadedWith(file, found = new Set()) {
  if (found.has(file.href)) return found;
  found.add(file.href);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;'"]*from ['"](\.[^'"]+)['"]/gm);
  for (const [, to] of imports) loadedWith(new URL(to ?? '', file), found);
  return found;
}

/** Kilobytes of these files, and compressed. @param {Iterable<string>} files @returns {[number, number]} */
function sizes(files) {
  const bytes = [...files].map((file) => readFileSync(new URL(file)));
  return [Buffer.concat(bytes).length / 1024, sum(bytes.map((one) => gzipSync(one, { level: 9 }).length)) / 1024];
}

/** @param {number} rounds @returns {Promise<string>} */
export async function measurePackage(rounds) {
  /** @type {Record<string, string[]>} */
  const specifiers = { imapflow: ['imapflow'], 'node-imap': ['imap'] };
  // What connect() loads while it waits for the network.
  const later = new URL('connected.js', BUILD);
  if (built()) specifiers.imapwire = [BUILD, ...(existsSync(later) ? [later] : [])].map(({ href }) => href);
  /** @type {Map<string, number[][]>} */
  const times = new Map(Object.keys(specifiers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, all] of Object.entries(specifiers)) times.get(name)?.push(await importTimes(all));
  }
  /** @type {(name: string, index: number) => number} */
  const time = (name, index) => median((times.get(name) ?? []).map((all) => all[index] ?? 0));
  const rows = [...times.keys()].map((name) => [name, number(time(name, 0)), '', '', '']);
  if (!built()) return table([...rows, ['imapwire', 'not built', '', '', '']], HEAD);
  const first = loadedWith(BUILD);
  const [kilobytes, gzip] = sizes(first);
  rows.pop();
  rows.push([
    'imapwire',
    number(time('imapwire', 0)),
    number(kilobytes),
    number(gzip),
    `${verdict(time('imapwire', 0) <= 15)} (≤ 15 ms), ${verdict(kilobytes <= 200)} (≤ 200 KB), ${verdict(gzip <= 30)} (≤ 30 KB gzipped)`,
  ]);
  if (existsSync(later)) {
    const rest = [...loadedWith(later)].filter((file) => !first.has(file));
    rows.push(['imapwire, what connect() loads', number(time('imapwire', 1)), ...sizes(rest).map(number), '']);
  }
  return table(rows, HEAD);
}

const HEAD = ['import', 'ms', 'KB', 'KB gzipped', 'goal'];
/** @param {number[]} all */
const sum = (all) => all.reduce((total, one) => total + one, 0);
/** @param {boolean} reached */
const verdict = (reached) => (reached ? 'yes' : 'NO');
