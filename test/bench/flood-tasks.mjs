// Floods of a hostile server, of which scaling.mjs sends more and more: a server in this process that says them all at once.
import { Duplex } from 'node:stream';
import { BUILD } from './build.mjs';
import { measure } from './measure.mjs';
import { checked } from './tasks.mjs';

/** @import { Task } from './tasks.mjs' */

const CHUNK = 65_536;

/**
 * Answers each command with what `answer` gives for it, in chunks as a network has them.
 * @param {string} capabilities
 * @param {(name: string, tag: string) => string} answer the untagged responses, or all there is for IDLE and DONE
 */
function server(capabilities, answer) {
  let idle = '';
  let rest = '';
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [tag = '', ...words] = line.split(' ');
        const name = words[0] === 'UID' ? `UID ${words[1]}` : (words[0] ?? '');
        if (name === 'IDLE') idle = tag;
        say(answer(name, tag) + (name === 'IDLE' ? '' : `${tag === 'DONE' ? idle : tag} OK done\r\n`));
      }
      done();
    },
  });
  /** @param {string} text */
  const say = (text) => {
    const bytes = Buffer.from(text, 'latin1');
    for (let at = 0; at < bytes.length; at += CHUNK) stream.push(bytes.subarray(at, at + CHUNK));
  };
  setImmediate(() => say(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready\r\n`));
  return stream;
}

/** @param {string} capabilities @param {number} exists @param {(name: string, tag: string) => string} answer */
async function opened(capabilities, exists, answer) {
  const { connect } = await import(BUILD.href);
  const select = `* ${exists} EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [HIGHESTMODSEQ 5] x\r\n`;
  const socket = () => server(capabilities, (name, tag) => (name === 'SELECT' ? select : answer(name, tag)));
  const client = await connect({
    host: 'localhost',
    security: 'none',
    clientId: false,
    socket,
    timeouts: { farewell: 600_000 },
  });
  return { client, mailbox: await client.open('INBOX') };
}

/** So many lines while NOOP runs. @param {string} line @returns {Task} */
const beside = (line) => async (_, job) => {
  const { client } = await opened('', 3, (name) => (name === 'NOOP' ? line.repeat(job.count) : ''));
  const figures = await measure(() => client.noop());
  client.close();
  return checked(figures, undefined);
};

/** So many lines in IDLE, each an event that is read. @param {(left: number, count: number) => string} line @returns {Task} */
const watched = (line) => async (_, job) => {
  const { count } = job;
  let told = false;
  const { client, mailbox } = await opened('IDLE CONDSTORE ESEARCH', count, (name, tag) => {
    if (name === 'UID SEARCH') return `* ESEARCH (TAG "${tag}") UID ALL 1:${count}\r\n`;
    if (name !== 'IDLE') return '';
    const lines = told ? [] : Array.from({ length: count }, (_, gone) => line(count - gone, count));
    told = true;
    return `+ idling\r\n${lines.join('')}`;
  });
  let left = count;
  const figures = await measure(async () => {
    for await (const event of mailbox.watch()) {
      if (event.type === 'vanished' || event.type === 'flags') left--;
      if (left === 0) break;
    }
  });
  client.close();
  return checked(figures, left === 0 ? undefined : `${left} events are missing`);
};

/** So many sets of four billion, each in a response of its own. @type {Task} */
async function sets(_, job) {
  const response = '* VANISHED (EARLIER) 1:4294967295\r\n* ESEARCH (TAG "x") UID ALL 1:4294967295\r\n';
  return beside(response)(_, job);
}

/** So many mailboxes opened at once. @type {Task} */
async function openings(_, job) {
  const { client } = await opened('UNSELECT', 3, () => '');
  const names = Array.from({ length: job.count }, (_, index) => `m${index}`);
  const figures = await measure(() => Promise.all(names.map((name) => client.open(name))));
  client.close();
  return checked(figures, undefined);
}

/** So many who wait for the connections of a pool. @type {Task} */
async function pooled(_, job) {
  const { createPool } = await import(BUILD.href);
  const socket = () => server('', () => '');
  const pool = createPool({ host: 'localhost', security: 'none', clientId: false, socket });
  const work = Array.from({ length: job.count }, () => async () => {});
  const figures = await measure(() => Promise.all(work.map((one) => pool.use(one))));
  await pool.close();
  return checked(figures, undefined);
}

/** @param {number} left */
const anywhere = (left) => 1 + ((Math.imul(left, 0x9e3779b1) >>> 0) % left);

/** @type {Record<string, Task>} */
export const floodTasks = {
  floodUnknown: beside('* XYZZY plugh {3}\r\nabc (a b)\r\n'),
  floodContinuations: beside('+ go on\r\n'),
  floodExpunge: beside('* 1 EXPUNGE\r\n* 5 EXISTS\r\n'),
  floodSets: sets,
  floodIdle: watched((left) => `* ${left} FETCH (UID ${left} FLAGS (a))\r\n`),
  floodExpunged: watched((left) => `* ${anywhere(left)} EXPUNGE\r\n`),
  floodVanished: watched((left) => `* VANISHED ${left}\r\n`),
  openings,
  pooled,
};
