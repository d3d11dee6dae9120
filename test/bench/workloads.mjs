/**
 * @import { ServerConfig } from './server/main.mjs'
 *
 * @typedef {'cpu' | 'wall' | 'peak' | 'heapEach' | 'turns'} Metric
 * @typedef {{ metric: Metric, than?: string, times?: number, plus?: number, beyondRaw?: boolean }} Goal
 *   metric ≤ times × that of `than` + plus; beyondRaw: raw's own taken off both
 * @typedef {{ name: string, title: string, task: string, count: number, quick: number, metric: Metric, server: ServerConfig,
 *   size?: number, flags?: string[], goals: Goal[], dovecot?: boolean, rounds?: number, optional?: boolean }} Workload
 *   # in the title is the count; quick: the count under --quick; metric: what the ratios are of; optional: only when named
 */

const FLAGS = [
  ['UID', 'FLAGS'],
  ['UID', 'FLAGS', 'INTERNALDATE'],
];
const METADATA = [['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE']];
const BODIES = [
  ['UID', 'BODY[]'],
  ['UID', 'FLAGS', 'INTERNALDATE', 'BODY[]'],
];
const MB = 1024 * 1024;
const LINK = 20;

/** @type {Workload[]} */
export const workloads = [
  {
    name: 'metadata',
    title: 'metadata of # messages',
    task: 'metadata',
    count: 20_000,
    quick: 4000,
    metric: 'cpu',
    server: { exists: 0, prepare: METADATA },
    goals: [
      { metric: 'cpu', than: 'imapflow', times: 1 / 10 },
      { metric: 'cpu', than: 'node-imap', times: 1 / 3 },
    ],
  },
  {
    // What is compiled costs as much for these as for 20,000.
    name: 'metadata-many',
    title: 'metadata of # messages, each let go',
    task: 'passing',
    count: 200_000,
    quick: 20_000,
    metric: 'cpu',
    server: { exists: 0, prepare: METADATA },
    rounds: 3,
    optional: true,
    goals: [],
  },
  {
    name: 'flags',
    title: 'flags of # messages',
    task: 'flags',
    count: 100_000,
    quick: 20_000,
    metric: 'cpu',
    server: { exists: 0, prepare: FLAGS },
    goals: [
      { metric: 'cpu', than: 'imapflow', times: 1 / 20 },
      { metric: 'cpu', than: 'node-imap', times: 1 / 10 },
    ],
  },
  {
    name: 'bodies',
    title: '# bodies of 50 KB, each a Buffer',
    task: 'bodies',
    count: 2000,
    quick: 1000,
    size: 50 * 1024,
    metric: 'cpu',
    server: { exists: 0, bodySize: 50 * 1024, prepare: BODIES },
    goals: [{ metric: 'cpu', than: 'raw', times: 1.3 }],
  },
  {
    name: 'bodies-compressed',
    title: '# bodies of 50 KB under COMPRESS',
    task: 'bodies',
    count: 2000,
    quick: 500,
    size: 50 * 1024,
    metric: 'cpu',
    server: { exists: 0, bodySize: 50 * 1024, prepare: BODIES, compress: true },
    goals: [],
  },
  literal('literal', '200 MB', 200 * MB, false),
  literal('literal-4gb', '4 GB', 4096 * MB, true),
  {
    name: 'search',
    title: 'SEARCH of # to number[]',
    task: 'search',
    count: 500_000,
    quick: 100_000,
    metric: 'cpu',
    server: { exists: 0 },
    goals: [{ metric: 'cpu', than: 'imapflow', times: 1 / 4 }],
  },
  {
    name: 'stores',
    title: '# concurrent STOREs',
    task: 'stores',
    count: 2000,
    quick: 1000,
    metric: 'cpu',
    server: { exists: 0 },
    goals: [{ metric: 'cpu', than: 'imapflow', times: 1 / 8 }],
  },
  overLink('stores-link', '# concurrent STOREs at 20 ms', 'stores'),
  overLink('statuses-link', '# concurrent STATUSes at 20 ms', 'statuses'),
  connecting('connect', 'connect to first SELECT at 20 ms', {}, [{ metric: 'wall', than: 'raw', times: 1.3 }]),
  connecting('connect-asked', 'the same, capabilities only when asked', { announce: 'asked' }, []),
  connecting('connect-tls', 'connect to first SELECT over TLS at 20 ms', { tls: true }, [
    { metric: 'turns', than: 'raw' },
    { metric: 'wall', than: 'raw', times: 1.3 },
  ]),
  {
    name: 'idle',
    title: '# connections in IDLE',
    task: 'idle',
    count: 1000,
    quick: 200,
    metric: 'heapEach',
    server: { exists: 10 },
    flags: ['--expose-gc'],
    rounds: 3,
    goals: [
      { metric: 'heapEach', plus: 8, beyondRaw: true },
      { metric: 'heapEach', than: 'imapflow', times: 1 / 3, beyondRaw: true },
    ],
  },
  {
    name: 'append',
    title: '# APPENDs of 8 KB (Dovecot)',
    task: 'append',
    count: 10_000,
    quick: 1000,
    size: 8192,
    metric: 'wall',
    server: { exists: 0 },
    dovecot: true,
    rounds: 3,
    goals: [{ metric: 'wall', than: 'imapflow', times: 1 / 5 }],
  },
  {
    name: 'dovecot-metadata',
    title: 'metadata of # messages (Dovecot)',
    task: 'realMetadata',
    count: 10_000,
    quick: 1000,
    size: 8192,
    metric: 'cpu',
    server: { exists: 0 },
    dovecot: true,
    goals: [],
  },
];

/** @param {string} name @param {string} title @param {number} size @param {boolean} optional @returns {Workload} */
function literal(name, title, size, optional) {
  return {
    name,
    title: `one literal of ${title} through download`,
    task: 'literal',
    count: 1,
    quick: 1,
    size,
    metric: 'cpu',
    server: { exists: 1, bodySize: size },
    optional,
    ...(optional ? { rounds: 1 } : {}),
    goals: [
      { metric: 'cpu', than: 'raw', times: 1.15 },
      { metric: 'peak', than: 'raw', times: 1, plus: 10 },
    ],
  };
}

/** @param {string} name @param {string} title @param {string} task @returns {Workload} */
function overLink(name, title, task) {
  return {
    name,
    title,
    task,
    count: 200,
    quick: 50,
    metric: 'wall',
    server: { exists: 0, rtt: LINK },
    goals: [{ metric: 'wall', than: 'raw', times: 2 }],
  };
}

/** @param {string} name @param {string} title @param {Partial<ServerConfig>} server @param {Goal[]} goals @returns {Workload} */
function connecting(name, title, server, goals) {
  return {
    name,
    title,
    task: 'connecting',
    count: 1,
    quick: 1,
    metric: 'wall',
    server: { exists: 100, rtt: LINK, ...server },
    goals,
  };
}
