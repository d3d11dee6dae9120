import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * @import { Figures } from './measure.mjs'
 * @import { Job } from './tasks.mjs'
 */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** Starts the replay server; it ends with this process. @param {import('./server/main.mjs').ServerConfig} config */
export async function startServer(config) {
  const child = fork(here('./server/main.mjs'), [JSON.stringify(config)]);
  const port = await new Promise((ready, reject) => {
    child.once('message', (/** @type {{ port: number }} */ message) => ready(message.port));
    child.once('exit', (code) => reject(new Error(`the replay server ended with ${code}`)));
  });
  return { port: Number(port), stop: () => void child.kill() };
}

/** @param {Job} job @param {string[]} [flags] for node @returns {Promise<Figures>} */
export function runClient(job, flags = []) {
  const child = fork(here('./client.mjs'), [JSON.stringify(job)], {
    execArgv: flags,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr?.on('data', (chunk) => {
    errors += chunk;
  });
  return new Promise((finish) => {
    /** @type {Figures | undefined} */
    let figures;
    const deadline = setTimeout(() => child.kill(), 300_000);
    child.once('message', (/** @type {Figures} */ message) => {
      figures = message;
    });
    child.once('exit', (code, signal) => {
      clearTimeout(deadline);
      const note = errors.split('\n').find((line) => /Error|error/.test(line)) ?? `ended with ${code ?? signal}`;
      finish(figures ?? { wall: NaN, cpu: NaN, peak: NaN, complete: false, note: note.trim() });
    });
  });
}
