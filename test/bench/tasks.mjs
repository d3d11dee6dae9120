// What a client's process does for each workload: the measured section, and the check that everything came.
import { isBody, isTextAt } from './corpus/body.mjs';
import { difference, expected } from './corpus/compare.mjs';
import { flagsOf, messageOf, uidOf } from './corpus/message.mjs';
import { measure } from './measure.mjs';

/**
 * @import { Figures } from './measure.mjs'
 * @typedef {{ host: string, port: number, user: string, pass: string, ca?: string, compress?: boolean, session?: Buffer, onSession?: (session: Buffer) => void,
 *   socket?: () => import('node:stream').Duplex }} Target
 * @typedef {{ client: string, task: string, target: Target, count: number, size?: number, verify?: boolean }} Job
 * @typedef {{ connect: (target: Target) => Promise<any>, normalise?: (message: any) => any }} Client
 * @typedef {(client: Client, job: Job) => Promise<Figures>} Task
 */

/** @param {Client} client @param {Job} job */
export async function selected(client, job) {
  const session = await client.connect(job.target);
  await session.select();
  return session;
}

/** @param {Job} job */
export const isRaw = (job) => job.client === 'raw';

/** @param {{ wall: number, cpu: number, peak: number }} figures @param {string | undefined} fault @returns {Figures} */
export const checked = ({ wall, cpu, peak }, fault) => ({
  wall,
  cpu,
  peak,
  complete: !fault,
  ...(fault ? { note: fault } : {}),
});

/** @type {Task} */
async function metadata(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.metadata());
  return checked(figures, isRaw(job) ? undefined : faultInMetadata(client, job, result));
}

/** Every message, in full. @param {Client} client @param {Job} job @param {any[]} messages */
function faultInMetadata(client, job, messages) {
  if (messages.length !== job.count) return `${messages.length} messages`;
  for (const [i, message] of messages.entries()) {
    const fault = difference(expected(i + 1), client.normalise?.(message), job.client === 'imapwire');
    if (fault) return `message ${i + 1} ${fault}`;
  }
  return undefined;
}

/** The same from a server that made the metadata of what `append` stores. @type {Task} */
async function realMetadata(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.metadata());
  if (isRaw(job)) return checked(figures, undefined);
  if (result.length !== job.count) return checked(figures, `${result.length} messages`);
  for (const [i, message] of result.entries()) {
    const { messageId, dateMs } = messageOf(i + 1).envelope;
    const wanted = {
      uid: i + 1,
      size: appended(i + 1, job.size ?? 0).length,
      envelope: { messageId, date: dateMs },
      structure: { type: 'text/plain' },
    };
    const fault = difference(wanted, client.normalise?.(message), true);
    if (fault) return checked(figures, `message ${i + 1} ${fault}`);
  }
  return checked(figures, undefined);
}

/** @type {Task} */
async function flags(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.flags());
  if (isRaw(job)) return checked(figures, undefined);
  if (result.length !== job.count) return checked(figures, `${result.length} messages`);
  for (const [i, message] of result.entries()) {
    const wanted = { uid: uidOf(i + 1), seq: i + 1, flags: flagsOf(i + 1).sort() };
    const fault = difference(wanted, client.normalise?.(message), true);
    if (fault) return checked(figures, `message ${i + 1} ${fault}`);
  }
  return checked(figures, undefined);
}

/** @type {Task} */
async function bodies(client, job) {
  const session = await selected(client, job);
  const size = job.size ?? 0;
  const every = job.verify
    ? (/** @type {Buffer} */ body, /** @type {number} */ seq) => isBody(body, seq, size)
    : undefined;
  const { result, ...figures } = await measure(() => session.bodies(size, every));
  return checked(figures, isRaw(job) || result === job.count ? undefined : `${result} bodies right`);
}

/** @type {Task} */
async function literal(client, job) {
  const session = await selected(client, job);
  let bytes = 0;
  let same = true;
  const onChunk = job.verify
    ? (/** @type {Buffer} */ chunk) => {
        same &&= isTextAt(chunk, bytes);
        bytes += chunk.length;
      }
    : (/** @type {Buffer} */ chunk) => {
        bytes += chunk.length;
      };
  const figures = await measure(() => session.literal(uidOf(1), onChunk, job.size));
  const fault = isRaw(job) || (bytes === job.size && same) ? undefined : `${bytes} bytes, ${same ? '' : 'not '}as sent`;
  return checked(figures, fault);
}

/** @type {Task} */
async function search(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.search());
  if (isRaw(job)) return checked(figures, undefined);
  const right =
    result.length === job.count &&
    result.every((/** @type {number} */ uid, /** @type {number} */ i) => uid === uidOf(i + 1));
  return checked(figures, right ? undefined : `${result.length} numbers`);
}

/** @type {Task} */
async function stores(client, job) {
  const session = await selected(client, job);
  const uids = Array.from({ length: job.count }, (_, i) => uidOf(i + 1));
  const { result, ...figures } = await measure(() => session.stores(uids));
  const refused = isRaw(job) ? 0 : result.filter((/** @type {unknown} */ one) => one === false).length;
  return checked(figures, refused === 0 ? undefined : `${refused} without their flag`);
}

/** @type {Task} */
async function statuses(client, job) {
  const session = await selected(client, job);
  const names = Array.from({ length: job.count }, (_, i) => `box${i + 1}`);
  const { result, ...figures } = await measure(() => session.statuses(names));
  const right = isRaw(job) || result.every((/** @type {number} */ total, /** @type {number} */ i) => total === i + 1);
  return checked(figures, right ? undefined : 'wrong numbers');
}

/** Connects, selects, and once more: a TLS session may be resumed then. @type {Task} */
async function connecting(client, job) {
  /** @type {Buffer | undefined} */
  let ticket;
  const onSession = (/** @type {Buffer} */ session) => {
    ticket = session;
  };
  const first = await measure(() => selected(client, { ...job, target: { ...job.target, onSession } }));
  first.result.close();
  const target = ticket ? { ...job.target, session: ticket } : job.target;
  const again = await measure(() => selected(client, { ...job, target }));
  again.result.close();
  const { connect: connectRaw } = await import('./clients/raw.mjs');
  const { resumed, turns } = await (await connectRaw(job.target)).counters();
  return { ...checked(first, undefined), again: again.wall, turns, ...(job.target.ca ? { resumed: resumed > 0 } : {}) };
}

/** @type {Task} */
async function append(client, job) {
  const session = await client.connect(job.target);
  const messages = Array.from({ length: job.count }, (_, i) => appended(i + 1, job.size ?? 0));
  const figures = await measure(() => session.append('Bench', messages));
  return checked(figures, undefined);
}

/** A message that a real server takes for one. @param {number} seq @param {number} size */
export function appended(seq, size) {
  const { envelope } = messageOf(seq);
  const from = envelope.from[0];
  const sender = from && 'mailbox' in from ? `${from.mailbox}@${from.host}` : 'nobody@example.org';
  const head = `From: <${sender}>\r\nTo: <user@example.org>\r\nDate: ${envelope.date}\r\nSubject: message ${seq}\r\nMessage-ID: ${envelope.messageId}\r\nContent-Type: text/plain\r\n\r\n`;
  const line = `${'lorem ipsum dolor sit amet '.repeat(2)}\r\n`;
  const text = line.repeat(Math.ceil(size / line.length)).slice(0, size - head.length - 2);
  return Buffer.from(`${head}${text.trimEnd()}\r\n`, 'latin1');
}

/** Many connections in IDLE: what each of them holds of the heap, and of memory outside it. @type {Task} */
async function idle(client, job) {
  const { connect: connectRaw } = await import('./clients/raw.mjs');
  const control = await connectRaw(job.target);
  const sessions = [];
  // one connection of the kind first, so that what is loaded and compiled once is not counted
  sessions.push(await idling(client, job));
  collect();
  const before = process.memoryUsage();
  const figures = await measure(async () => {
    for (let left = job.count; left > 0; left -= 50) {
      const batch = Array.from({ length: Math.min(50, left) }, () => idling(client, job));
      sessions.push(...(await Promise.all(batch)));
    }
    for (;;) {
      const { idle } = await control.counters();
      if (idle > job.count) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
  collect();
  const after = process.memoryUsage();
  const each = (/** @type {'heapUsed' | 'external' | 'rss'} */ kind) => (after[kind] - before[kind]) / job.count / 1024;
  return {
    ...checked(figures, sessions.length > job.count ? undefined : 'missing'),
    heapEach: each('heapUsed'),
    externalEach: each('external'),
    rssEach: each('rss'),
  };
}

/** @param {Client} client @param {Job} job */
async function idling(client, job) {
  const session = await selected(client, job);
  await session.idle();
  return session;
}

function collect() {
  for (let i = 0; i < 4; i++) globalThis.gc?.();
}

/** @type {Record<string, Task>} */
export const tasks = {
  metadata,
  realMetadata,
  flags,
  bodies,
  literal,
  search,
  stores,
  statuses,
  connecting,
  append,
  idle,
};
