// node test/bench/run.mjs [workload…] [--rounds N] [--quick] [--clients a,b]; see README.md

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { built } from './build.mjs';
import { hasDovecot, startDovecot } from './dovecot.mjs';
import { medians } from './measure.mjs';
import { measurePackage } from './package.mjs';
import { runClient, startServer } from './processes.mjs';
import { rowsOf, table, verdicts } from './table.mjs';
import { workloads } from './workloads.mjs';

/**
 * @import { Figures } from './measure.mjs'
 * @import { Job } from './tasks.mjs'
 * @import { Workload } from './workloads.mjs'
 */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    quick: { type: 'boolean', default: false },
    clients: { type: 'string', default: 'raw,imapflow,node-imap,imapwire' },
    json: { type: 'boolean', default: false },
  },
});
const clients = values.clients.split(',');
const CA = readFileSync(new URL('./tls/cert.pem', import.meta.url), 'utf8');

/** @param {Workload} workload */
const countOf = (workload) => (values.quick ? workload.quick : workload.count);

/** What answers a workload: the replay server, or Dovecot. @param {Workload} workload @param {number} count */
async function opponent(workload, count) {
  if (workload.dovecot)
    return startDovecot(workload.task === 'append' ? undefined : { count, size: workload.size ?? 0 });
  const exists = workload.server.exists || count;
  const server = await startServer({ ...workload.server, exists });
  const target = {
    host: '127.0.0.1',
    port: server.port,
    user: 'user',
    pass: 'pass',
    ...(workload.server.tls ? { ca: CA } : {}),
    ...(workload.server.compress ? { compress: true } : {}),
  };
  return { target: async () => target, stop: server.stop, done: async () => undefined };
}

/** Each client in turn, round after round; the first time every byte is compared and nothing counted. @param {Workload} workload */
async function measureWorkload(workload) {
  const count = countOf(workload);
  const rounds = values.quick ? 1 : Math.min(Number(values.rounds), workload.rounds ?? Number(values.rounds));
  const server = await opponent(workload, count);
  /** @type {Map<string, Figures[]>} */
  const measured = new Map(clients.map((client) => [client, []]));
  /** @type {Map<string, Figures>} */
  const failed = new Map();
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const client of clients) {
        if (failed.has(client)) continue;
        process.stderr.write(`\r\x1b[K${workload.name}: round ${round} of ${rounds}, ${client}`);
        const figures =
          client === 'imapwire' && !built() ? missing() : await once(workload, client, count, round === 0, server);
        if (!figures.complete) failed.set(client, figures);
        else if (round > 0) measured.get(client)?.push(figures);
      }
    }
  } finally {
    process.stderr.write('\r\x1b[K');
    await server.stop();
  }
  return new Map(clients.map((client) => [client, failed.get(client) ?? medians(measured.get(client) ?? [])]));
}

/** @returns {Figures} */
const missing = () => ({ wall: Number.NaN, cpu: Number.NaN, peak: Number.NaN, complete: false, note: 'not built' });

/** @param {Workload} workload @param {string} client @param {number} count @param {boolean} verify @param {Awaited<ReturnType<typeof opponent>>} server */
async function once(workload, client, count, verify, server) {
  /** @type {Job} */
  const job = {
    client,
    task: workload.task,
    target: await server.target(),
    count,
    verify,
    ...(workload.size ? { size: workload.size } : {}),
  };
  const figures = await runClient(job, workload.flags);
  const fault = figures.complete ? await server.done(job) : undefined;
  return fault ? { ...figures, complete: false, note: fault } : figures;
}

const chosen = workloads.filter((one) => (positionals.length > 0 ? positionals.includes(one.name) : !one.optional));
const unknown = positionals.filter((name) => name !== 'package' && !workloads.some((one) => one.name === name));
if (unknown.length > 0) {
  console.error(
    `no workload ${unknown.join(', ')}; there are: ${workloads.map((one) => one.name).join(', ')}, package`,
  );
  process.exit(2);
}

console.log(
  `node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; medians of up to ${values.quick ? 1 : values.rounds} rounds\n`,
);
const rows = [];
const judged = [];
const everything = {};
for (const workload of chosen) {
  if (workload.dovecot && !hasDovecot) {
    rows.push([workload.title, '', '', '', '', '', '', '', 'not measured: Dovecot is not installed']);
    continue;
  }
  const results = await measureWorkload(workload);
  rows.push(...rowsOf(workload, results, countOf(workload)));
  judged.push(...verdicts(workload, results));
  Object.assign(everything, { [workload.name]: Object.fromEntries(results) });
}
if (rows.length > 0) console.log(table(rows));
if (positionals.length === 0 || positionals.includes('package'))
  console.log(`\n${await measurePackage(values.quick ? 3 : 15)}`);
if (judged.length > 0)
  console.log(`\n${judged.filter((one) => one === 'yes').length} of ${judged.length} goals reached`);
if (values.json) console.log(JSON.stringify(everything, null, 2));
