/**
 * Every fault at every byte of a session, or at each n-th from one on:
 * `npx tsx test/hostile/sweep.ts [target = memory] [n = 1] [first = 0] [kinds = all, e.g. cut,reset]`.
 */
import { FAULT_KINDS, type FaultKind } from './fault-proxy.ts';
import { faultySession } from './fault-session.ts';
import { faultTargets, TARGET_NAMES } from './fault-targets.ts';

/** Sessions at a time: most of them wait. */
const AT_ONCE = 8;

const [name = 'memory', step = 1, first = 0, kinds = FAULT_KINDS.join()] = process.argv.slice(2);
const targetName = TARGET_NAMES.find((known) => known === name);
if (targetName === undefined) throw new Error(`Not one of ${TARGET_NAMES.join(', ')}: ${name}`);
let runs = 0;
let wrong = 0;

function tell(where: string, what: string): void {
  wrong++;
  console.error(`${where}: ${what}`);
}
process.on('uncaughtException', (error) => tell('uncaught', String(error.stack)));
process.on('unhandledRejection', (error) => tell('unhandled', String(error)));

await using targets = await faultTargets(targetName, AT_ONCE);
const [one] = targets.accounts;
if (one === undefined) throw new Error('No account');
const expected = new Map<string, unknown>();
const { passed, wrong: wrongAlready } = await faultySession(one, expected);
for (const what of wrongAlready) tell('without a fault', what);
console.log(`${targetName}: ${passed.toClient} bytes to the client, ${passed.toServer} to the server`);

function* faults() {
  for (const kind of kinds.split(',') as FaultKind[]) {
    // what the command line names
    for (const direction of ['toClient', 'toServer'] as const) {
      for (let at = Number(first); at < passed[direction]; at += Number(step)) yield { kind, direction, at };
      console.log(`${new Date().toISOString()} ${kind} ${direction}: ${runs} sessions, ${wrong} wrong`);
    }
  }
}

const remaining = faults();
await Promise.all(
  targets.accounts.map(async (target) => {
    for (const fault of remaining) {
      const outcome = await faultySession(target, expected, fault);
      runs++;
      const { kind, direction, at } = fault;
      const harmless = kind === 'delay' || kind === 'split' || kind === 'merge';
      if (harmless) outcome.wrong.push(...outcome.rejected);
      for (const what of outcome.wrong) tell(`${kind} ${direction} ${at}`, what);
    }
  }),
);
console.log(`${runs} sessions, ${wrong} wrong`);
process.exitCode = wrong > 0 ? 1 : 0;
