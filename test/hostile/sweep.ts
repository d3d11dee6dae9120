/** Every fault at every byte of a session, or at each n-th: `npx tsx test/hostile/sweep.ts [n = 1]`. */
import { faultySession } from './fault-session.ts';

const step = Number(process.argv[2] ?? 1);
const expected = new Map<string, unknown>();
const { passed } = await faultySession(expected);
let runs = 0;
let wrong = 0;
for (const kind of ['cut', 'reset', 'freeze', 'delay', 'split', 'corrupt'] as const) {
  for (const direction of ['toClient', 'toServer'] as const) {
    for (let at = 0; at < passed[direction]; at += step) {
      const swept = await faultySession(expected, { kind, direction, at });
      runs++;
      for (const what of swept.wrong) {
        wrong++;
        console.error(`${kind} ${direction} ${at}: ${what}`);
      }
    }
  }
}
console.log(`${runs} sessions, ${wrong} wrong`);
process.exitCode = wrong > 0 ? 1 : 0;
