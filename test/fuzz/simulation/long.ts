/**
 * The simulation for as long as wanted: `npx tsx test/fuzz/simulation/long.ts [seconds = 600] [first seed = now]`. Tells
 * what was wrong with each; `seconds = 0` runs one seed and tells all that is said. Time, chance and the pieces in which bytes
 * come are part of the seed: what went wrong goes wrong again.
 */
import { turns } from './pieces.ts';
import { simulatePool } from './pooled.ts';
import { simulate } from './run.ts';

const [seconds = 600, first = Date.now() % 1_000_000_000] = process.argv.slice(2).map(Number);
const end = Date.now() + seconds * 1000;
let seed = first;
let failures = 0;

process.on('uncaughtException', (error) => tell(`uncaught: ${String(error.stack)}`));
process.on('unhandledRejection', (error) => tell(`unhandled: ${String((error as Error)?.stack ?? error)}`)); // whatever was thrown

function tell(what: string): void {
  failures++;
  console.error(`seed ${seed}: ${what}`);
}

do {
  // Most are of sessions, every fourth one is of a pool.
  const run = seed % 4 === 0 ? simulatePool : simulate;
  const wrong = await run(seed, seconds === 0 ? console.log : undefined);
  for (const what of wrong) tell(what);
  seed++;
} while (Date.now() < end && failures < 50);
await turns(10);
const left = process.getActiveResourcesInfo().filter((name) => /TCP|Timeout/.test(name));
if (left.length > 0) tell(`left behind: ${left.join()}`);
console.log(`${seed - first} seeds from ${first}, ${failures} wrong`);
process.exitCode = failures > 0 ? 1 : 0;
