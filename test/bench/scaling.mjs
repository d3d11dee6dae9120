// node test/bench/scaling.mjs [series…] [--client imapwire] [--rounds N]: what one more of the same costs; see README.md
import { parseArgs } from 'node:util';
import { built } from './build.mjs';
import { medians } from './measure.mjs';
import { runClient, startServer } from './processes.mjs';
import { number, table } from './table.mjs';

/**
 * @import { ServerConfig } from './server/main.mjs'
 * @typedef {{ name: string, title: string, unit: string, task: string, counts: number[], server?: (count: number) => ServerConfig }} Series
 *   without a server: the answers are made in the client's process
 */

const METADATA = ['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE'];
const THOUSANDS = [1000, 10_000, 100_000];
const FLOODS = [10_000, 100_000, 1_000_000];

/** @type {Series[]} */
const all = [
  {
    name: 'metadata',
    title: 'metadata, parsed and let go',
    unit: 'message',
    task: 'passing',
    counts: [2000, 20_000, 200_000],
    server: (count) => ({ exists: count, prepare: [METADATA] }),
  },
  {
    name: 'search',
    title: 'SEARCH to number[]',
    unit: 'number',
    task: 'search',
    counts: [50_000, 500_000, 5_000_000],
    server: (count) => ({ exists: count }),
  },
  {
    name: 'tokens',
    title: 'one line of so many tokens',
    unit: 'token',
    task: 'tokens',
    counts: THOUSANDS,
    server: (count) => ({ exists: 1, tokens: count }),
  },
  {
    name: 'held',
    title: 'a literal in chunks of one byte, held',
    unit: 'byte',
    task: 'heldBytewise',
    counts: THOUSANDS,
  },
  { name: 'streamed', title: 'the same, streamed', unit: 'byte', task: 'streamedBytewise', counts: THOUSANDS },
  { name: 'line', title: 'a line in chunks of one byte', unit: 'byte', task: 'lineBytewise', counts: THOUSANDS },
  {
    name: 'list',
    title: 'LIST of so many mailboxes',
    unit: 'mailbox',
    task: 'list',
    counts: THOUSANDS,
    server: (count) => ({ exists: 1, mailboxes: count }),
  },
  {
    name: 'queued',
    title: 'commands queued at once',
    unit: 'command',
    task: 'stores',
    counts: [100, 1000, 10_000],
    server: (count) => ({ exists: count }),
  },
  { name: 'opened', title: 'mailboxes opened at once', unit: 'mailbox', task: 'openings', counts: THOUSANDS },
  { name: 'pooled', title: 'waiting for a pool', unit: 'use', task: 'pooled', counts: FLOODS },
  { name: 'unknown', title: 'a flood of unknown responses', unit: 'response', task: 'floodUnknown', counts: FLOODS },
  { name: 'asked', title: 'of continuation requests', unit: 'response', task: 'floodContinuations', counts: FLOODS },
  { name: 'counts', title: 'of EXPUNGE and EXISTS', unit: 'pair', task: 'floodExpunge', counts: FLOODS },
  { name: 'sets', title: 'of sets of four billion', unit: 'pair', task: 'floodSets', counts: FLOODS },
  { name: 'idle', title: 'of FETCH in IDLE', unit: 'response', task: 'floodIdle', counts: THOUSANDS },
  {
    name: 'expunged',
    title: 'of EXPUNGE of all that is watched',
    unit: 'response',
    task: 'floodExpunged',
    counts: THOUSANDS,
  },
  {
    name: 'vanished',
    title: 'of VANISHED of all that is watched',
    unit: 'response',
    task: 'floodVanished',
    counts: THOUSANDS,
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { client: { type: 'string', default: 'imapwire' }, rounds: { type: 'string', default: '3' } },
});

/** @param {Series} series @param {number} count */
async function measureOnce(series, count) {
  const server = series.server ? await startServer(series.server(count)) : undefined;
  const target = { host: '127.0.0.1', port: server?.port ?? 1, user: 'user', pass: 'pass' };
  const rounds = [];
  for (let left = Number(values.rounds); left > 0; left--) {
    rounds.push(await runClient({ client: values.client, task: series.task, target, count }));
  }
  server?.stop();
  return medians(rounds);
}

/** @param {Series} series @returns {Promise<string[][]>} */
async function rowsOf(series) {
  const rows = [];
  let before = Number.NaN;
  for (const count of series.counts) {
    const figures = await measureOnce(series, count);
    const each = (figures.cpu * 1000) / count;
    const growth = each / before;
    before = each;
    rows.push([
      rows.length === 0 ? series.title : '',
      count.toLocaleString('en-US'),
      number(figures.cpu),
      `${number(each)} µs a ${series.unit}`,
      Number.isNaN(growth) ? '' : `${number(growth)} ×`,
      number(figures.peak),
      figures.complete ? '' : `INCOMPLETE: ${figures.note}`,
    ]);
  }
  return rows;
}

if (values.client === 'imapwire' && !built()) {
  console.error('imapwire is not built: npm run build');
  process.exit(2);
}
const rows = [];
for (const series of all) {
  if (positionals.length === 0 || positionals.includes(series.name)) rows.push(...(await rowsOf(series)));
}
console.log(`${values.client}, node ${process.version}; medians of ${values.rounds} rounds\n`);
console.log(table(rows, ['work', 'count', 'CPU ms', 'each', 'to the smaller', 'peak MB', '']));
