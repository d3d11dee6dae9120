// One client, one workload, one measurement, in a process of its own: `node client.mjs '<job as JSON>'`.
import { floodTasks } from './flood-tasks.mjs';
import { scalingTasks } from './scaling-tasks.mjs';
import { tasks } from './tasks.mjs';

/** @type {import('./tasks.mjs').Job} */
const job = JSON.parse(process.argv[2] ?? '{}');
const client = await import(`./clients/${job.client}.mjs`);
const task = tasks[job.task] ?? scalingTasks[job.task] ?? floodTasks[job.task];
if (!task) throw new Error(`no task ${job.task}`);
const figures = await task(client, job);
process.send?.(figures, () => process.exit());
