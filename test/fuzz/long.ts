/**
 * The fuzzer without end: `npx tsx test/fuzz/long.ts [seconds = 600] [first seed = now]`. Tells every input that made the
 * library do what it must not, with its seed, and every input that took long.
 */
import { Random } from '../unit/wire/random.ts';
import { chunks, corpus, mutated, noise } from './mutate.ts';
import { ROUND_TRIPS } from './round-trips.ts';
import { readers, session } from './targets.ts';

const seconds = Number(process.argv[2] ?? 600);
const first = Number(process.argv[3] ?? Date.now() % 1_000_000_000);
/** Microseconds. */
const SLOW = 1_000_000;
const inputs = corpus();
const end = Date.now() + seconds * 1000;
let seed = first;
let failures = 0;

process.on('uncaughtException', (error) => tell('uncaught', error));
process.on('unhandledRejection', (error) => tell('unhandled', error));

function tell(what: string, error: unknown, text = ''): void {
  failures++;
  console.error(JSON.stringify({ what, seed, text, error: String((error as Error).stack ?? error) })); // whatever was thrown
}

for (; Date.now() < end && failures < 20; seed++) {
  const random = new Random(seed);
  const text = seed % 5 === 0 ? noise(random) : mutated(inputs, random);
  const input = chunks(text, random);
  const before = process.cpuUsage();
  let what = 'thrown';
  try {
    if (seed % 4 === 0) await session(input);
    else readers(input);
    for (const [name, roundTrip] of Object.entries(ROUND_TRIPS)) {
      what = name;
      roundTrip(new Random(seed));
    }
  } catch (error) {
    tell(what, error, text);
  }
  // The processor's time: on a busy machine another program's turn is not the library's fault.
  const { user, system } = process.cpuUsage(before);
  if (user + system > SLOW) tell('slow', (user + system) / 1000, text);
}
const { rss } = process.memoryUsage();
console.log(
  `${seed - first} inputs from seed ${first}, ${failures} failures, ${Math.round(rss / 1048576)} MiB resident`,
);
process.exitCode = failures > 0 ? 1 : 0;
