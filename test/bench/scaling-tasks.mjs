// What scaling.mjs has a client do with more and more of the same.
import { Duplex } from 'node:stream';
import { measure } from './measure.mjs';
import { Session } from './server/session.mjs';
import { Store } from './server/store.mjs';
import { checked, isRaw, selected } from './tasks.mjs';

/** @import { Client, Job, Task } from './tasks.mjs' */

/** @type {Task} */
async function passing(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.metadataPassing());
  return checked(figures, isRaw(job) || result === job.count ? undefined : `${result} messages`);
}

/** @type {Task} */
async function list(client, job) {
  const session = await client.connect(job.target);
  const { result, ...figures } = await measure(() => session.list());
  return checked(figures, new Set(result).size === job.count ? undefined : `${result.length} mailboxes`);
}

/** One message whose flags are as many as `count`. @type {Task} */
async function tokens(client, job) {
  const session = await selected(client, job);
  const { result, ...figures } = await measure(() => session.flags());
  return checked(figures, countOfFlags(client, result) === job.count ? undefined : 'flags are missing');
}

/** @param {Client} client @param {any[]} messages */
const countOfFlags = (client, messages) => new Set(client.normalise?.(messages[0]).flags).size;

/**
 * A server in this process, whose answers come a byte at a time: on a socket the system would join them again.
 * @param {import('./server/store.mjs').StoreConfig} config
 */
function bytewise(config) {
  /** @type {Duplex} */
  const near = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      far.push(chunk);
      done();
    },
  });
  const far = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      for (let i = 0; i < chunk.length; i++) near.push(chunk.subarray(i, i + 1));
      done();
    },
  });
  const counters = { commands: 0, idle: 0, connections: 0, resumed: 0, appended: 0, turns: 0 };
  // after the client has begun to listen
  setImmediate(
    () => new Session(far, new Store(config), { capabilities: 'IMAP4rev1', announce: 'unasked', rtt: 0 }, counters),
  );
  return near;
}

/** @param {Client} client @param {Job} job @param {import('./server/store.mjs').StoreConfig} config */
const inProcess = (client, job, config) =>
  selected(client, { ...job, target: { ...job.target, socket: () => bytewise(config) } });

/** @type {Task} */
async function heldBytewise(client, job) {
  const session = await inProcess(client, job, { exists: 1, bodySize: job.count });
  const { result, ...figures } = await measure(() => session.held(1));
  return checked(figures, result.length === job.count ? undefined : `${result.length} bytes`);
}

/** @type {Task} */
async function streamedBytewise(client, job) {
  const session = await inProcess(client, job, { exists: 1, bodySize: job.count });
  let bytes = 0;
  const figures = await measure(() =>
    session.literal(1, (/** @type {Buffer} */ chunk) => {
      bytes += chunk.length;
    }),
  );
  return checked(figures, bytes === job.count ? undefined : `${bytes} bytes`);
}

/** A line of about `count` bytes. @type {Task} */
async function lineBytewise(client, job) {
  const flags = Math.round(job.count / 6);
  const session = await inProcess(client, job, { exists: 1, tokens: flags });
  const { result, ...figures } = await measure(() => session.flags());
  return checked(figures, countOfFlags(client, result) === flags ? undefined : 'flags are missing');
}

/** @type {Record<string, Task>} */
export const scalingTasks = { passing, list, tokens, heldBytewise, streamedBytewise, lineBytewise };
