import { readFileSync } from 'node:fs';

/**
 * @typedef {{ wall: number, cpu: number, peak: number, complete: boolean, note?: string, [figure: string]: unknown }} Figures
 *   wall and cpu in ms, peak (resident memory of the whole process, so far) in MB
 */

/** From before the first command to the last result. @template T @param {() => Promise<T>} work */
export async function measure(work) {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const result = await work();
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { result, wall, cpu: (user + system) / 1000, peak: peak() };
}

/** Most resident memory so far, MB. Linux counts what the parent held at the fork into maxRSS, but not into VmHWM. */
function peak() {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'latin1') : '';
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
  return Number(kilobytes) / 1024;
}

/** The middle of the figures of several rounds, each by itself. @param {Figures[]} rounds @returns {Figures} */
export function medians(rounds) {
  const first = /** @type {Figures} */ (rounds[0]);
  /** @type {Figures} */
  const middle = { ...first, complete: rounds.every((round) => round.complete) };
  const failed = rounds.find((round) => !round.complete);
  if (failed?.note) middle.note = failed.note;
  for (const [key, value] of Object.entries(first)) {
    if (typeof value !== 'number') continue;
    middle[key] = median(rounds.map((round) => Number(round[key])));
  }
  return middle;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? Number(sorted[half]) : (Number(sorted[half - 1]) + Number(sorted[half])) / 2;
}
