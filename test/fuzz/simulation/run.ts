/** Sessions that call at random, on a server whose mailboxes others change meanwhile. */
import { CommandError, ConnectionError, connect, type ImapClient } from '../../../src/index.ts';
import { Random } from '../../unit/wire/random.ts';
import { Caller } from './calls.ts';
import { NAMES } from './choices.ts';
import { Clock } from './clock.ts';
import { Inflating } from './inflating.ts';
import { Listener } from './listener.ts';
import { LocalServer } from './local-server.ts';
import { turns } from './pieces.ts';
import { connecting, EVERYTHING, offered, PASSWORDS, randomWay, type Way } from './way.ts';
import { newWorld, type World } from './world.ts';

const USERS = Object.keys(PASSWORDS);
/** What calls at random. */
interface Session {
  call(changesUser: boolean): Promise<void>;
  settle(): Promise<void>;
  end(): void;
}

/** How long a simulation may take, ms: most take some 50. */
const PATIENCE = 90_000;

/** Runs the simulation of this seed, and tells what was wrong with it. `log` is called with all that is said. */
export async function simulate(seed: number, log?: (text: string) => void): Promise<string[]> {
  const random = new Random(seed);
  const wrong: string[] = [];
  const { capabilities, withoutCapabilities } = offered(random);
  await loaded();
  using clock = new Clock(seed);
  using _ = new Inflating(random);
  const server = new LocalServer(random, {
    users: PASSWORDS,
    administrators: ['joe'],
    capabilities,
    withoutCapabilities,
    intercept: ({ name }) => answer(random, name),
    ...(log && {
      log: ({ connection, direction, text }) => log(`${connection} ${direction === 'in' ? 'C' : 'S'}: ${text}`),
    }),
  });
  for (const user of USERS) for (const name of NAMES) if (name !== 'INBOX') server.store.account(user).create(name);
  const world = newWorld(server, USERS, random, wrong, log);
  for (let count = 0; count < 12; count++) deliver(server, world);
  const loss = [0, 1, 2, 4, 4][random.below(5)] ?? 0;
  const way = () => randomWay(random, loss);
  const clients = [await connected(server, way()), await connected(server, way())];
  const callers: Session[] = clients.map((client) => new Caller(world, client, 'joe', PASSWORDS));
  // By what LIST-EXTENDED has LIST tell news are told from its answer.
  if (random.below(2) === 0 && !withoutCapabilities.includes('LIST-EXTENDED')) {
    const client = await connected(server, way());
    clients.push(client);
    callers.push(new Listener(world, client, 'joe', 'listener'));
  }
  const program = play(server, world, callers, clients);
  const late = new Promise<void>((resolve) => {
    const timer = setTimeout(() => {
      world.tell('not everything has settled');
      resolve();
    }, PATIENCE);
    void program.finally(() => clearTimeout(timer)).catch(() => {});
  });
  await Promise.race([program, late.then(() => program), late]);
  wrong.push(...world.truth.unaskedFor());
  if (clock.timers > 0) wrong.push(`${clock.timers} timers are left`);
  return wrong;
}

let loading: Promise<void> | undefined;

/** What the library loads for its first connection is there: how long that takes is no part of the seed. */
export function loaded(): Promise<void> {
  const load = async () => {
    const server = new LocalServer(new Random(0), { users: PASSWORDS, capabilities: EVERYTHING });
    (await connected(server, { loss: 0, security: 'starttls', compress: true })).close();
  };
  loading ??= load();
  return loading;
}

/** Most commands are carried out, now and then some turns later; a few are refused, or never answered. */
async function answer(random: Random, name: string): Promise<string | undefined> {
  if (random.below(4) === 0) await turns(random.below(12));
  // It is never heard of again.
  if (random.below(400) === 0) return new Promise(() => {});
  const isRefused = random.below(60) === 0 && !/^(?:AUTHENTICATE|LOGIN|LOGOUT)$/.test(name);
  return isRefused ? 'NO [UNAVAILABLE] Not now' : undefined;
}

async function connected(server: LocalServer, way: Way): Promise<ImapClient> {
  const client = connect({
    ...connecting(server, way),
    limits: { buffer: 2000 },
    reconnect: { minDelay: 1, maxDelay: 4 },
    timeouts: { inactivity: 500, farewell: 200 },
  });
  return client.catch((error) => {
    if (error instanceof ConnectionError || error instanceof CommandError) return connected(server, way);
    throw error;
  });
}

async function play(
  server: LocalServer,
  world: World,
  callers: readonly Session[],
  clients: readonly ImapClient[],
): Promise<void> {
  const { random } = world;
  const calls: Promise<void>[] = [];
  const steps = 20 + random.below(random.below(8) === 0 ? 200 : 40);
  const hurry = random.below(4) === 0;
  for (let step = 0; step < steps; step++) {
    const which = random.below(callers.length);
    const caller = callers[which];
    if (random.below(4) === 0) happen(server, world);
    else if (caller !== undefined) {
      const call = caller.call(which === 0);
      calls.push(call);
      if (!hurry && random.below(5) === 0) await call;
    }
    if (random.below(2) === 0) await turns(random.below(8));
  }
  // Or else what is under way ends with the connection.
  const quiet = random.below(5) > 0;
  if (quiet) await Promise.all(calls);
  // What was given up may still be on its way.
  if (quiet) await Promise.allSettled(clients.map((client) => client.noop()));
  if (quiet) for (const caller of callers) await caller.settle();
  await Promise.all(clients.map((client) => (random.below(2) === 0 ? client.logout() : client.close())));
  await Promise.all(calls);
  for (const caller of callers) caller.end();
  for (let turn = 0; turn < 200 && server.connections > 0; turn++) await turns(1);
  if (server.connections > 0) world.tell(`${server.connections} connections are left`);
}

function someMailbox(server: LocalServer, { random }: World) {
  const account = server.store.account(USERS[random.below(USERS.length)] ?? '');
  const all = [...account.mailboxes];
  return { account, mailbox: all[random.below(all.length)] };
}

function deliver(server: LocalServer, world: World): void {
  const { mailbox } = someMailbox(server, world);
  mailbox?.deliver(`Subject: ${world.unique('delivered')}\n\nText\n`);
}

/** Somebody else does something. */
function happen(server: LocalServer, world: World): void {
  const { random, truth } = world;
  const { account, mailbox } = someMailbox(server, world);
  if (mailbox === undefined) return;
  const { name, uidValidity, messages } = mailbox;
  const message = messages[random.below(messages.length)];
  const known = truth.of(uidValidity);
  const what = random.below(20);
  if (what < 8 || message === undefined || known === undefined) deliver(server, world);
  else if (what < 13) {
    known.doomed.add(message.uid);
    mailbox.remove([message]);
  } else if (what < 16) {
    const flag = world.unique('$g');
    known.flagged.set(message.uid, (known.flagged.get(message.uid) ?? new Set()).add(flag));
    mailbox.setFlags(message, [...message.flags, flag]);
  } else if (what === 16) server.dropConnections();
  else if (name === 'INBOX') return;
  else if (what === 17) {
    account.delete(name);
    if (random.below(2) === 0) account.create(name);
  } else if (what === 18) account.rename(name, world.unique('renamed'));
  else {
    // As after the restoration of a backup, under a number that no other mailbox has.
    const other = account.create(world.unique('made')).uidValidity;
    account.delete([...account.mailboxes].find(({ uidValidity: one }) => one === other)?.name ?? '');
    truth.restores(mailbox);
    mailbox.bumpUidValidity(other);
  }
}
