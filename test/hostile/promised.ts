/** What mailboxes hold, as far as the outcomes of operations tell: where one was lost on its way, it may have happened or not. */
import { isDeepStrictEqual } from 'node:util';
import { CommandError, type ImapClient, ImapError } from '../../src/index.ts';

/** Messages as `subject flags`, in the order of their UIDs, by mailbox. */
export type World = Record<string, string[]>;

/** One thing that a server does whole or not at all. */
export type Step = (world: World) => void;

const MOST_WORLDS = 64;

export const made =
  (name: string): Step =>
  (world) => {
    world[name] = [];
  };
export const stored =
  (name: string, subject: string, ...flags: string[]): Step =>
  (world) => {
    world[name]?.push(shown(subject, flags));
  };
export const flagged =
  (name: string, subjects: readonly string[], change: (flags: Set<string>) => void): Step =>
  (world) => {
    world[name] = (world[name] ?? []).map((message) => {
      const [subject = '', ...flags] = message.split(' ');
      if (!subjects.includes(subject)) return message;
      const set = new Set(flags);
      change(set);
      return shown(subject, set);
    });
  };
export const copied =
  (from: string, to: string, subject: string): Step =>
  (world) => {
    world[to]?.push(...(world[from] ?? []).filter((message) => isOf(message, subject)));
  };
export const removed =
  (name: string, subject: string): Step =>
  (world) => {
    world[name] = (world[name] ?? []).filter((message) => !isOf(message, subject));
  };
export const renamed =
  (from: string, to: string): Step =>
  (world) => {
    const messages = world[from];
    if (messages === undefined) return;
    world[to] = messages;
    delete world[from];
  };
/** Several things as one. */
export const whole =
  (...steps: Step[]): Step =>
  (world) => {
    for (const step of steps) step(world);
  };

function isOf(message: string, subject: string): boolean {
  return message === subject || message.startsWith(`${subject} `);
}

function shown(subject: string, flags: Iterable<string>): string {
  return [subject, ...[...flags].filter((flag) => flag !== '\\Recent').sort()].join(' ');
}

/** All that may be the case. */
export class Promised {
  #worlds: World[] = [{}];

  /** The operation has resolved. */
  happened(steps: readonly Step[]): void {
    this.#worlds = this.#worlds.map((world) => after(world, steps));
  }

  /** It has rejected, and may have happened up to any of its steps. */
  mayHaveHappened(steps: readonly Step[]): void {
    const all = this.#worlds.flatMap((world) => [
      world,
      ...steps.map((_, last) => after(world, steps.slice(0, last + 1))),
    ]);
    this.#worlds = all.filter((world, at) => all.findIndex((other) => isDeepStrictEqual(other, world)) === at);
    if (this.#worlds.length > MOST_WORLDS) throw new Error('Too much may have happened');
  }

  holds(world: World): boolean {
    return this.#worlds.some((promised) => isDeepStrictEqual(promised, world));
  }

  toString(): string {
    return this.#worlds.map((world) => JSON.stringify(world)).join(' or ');
  }
}

function after(world: World, steps: readonly Step[]): World {
  const next = structuredClone(world);
  for (const step of steps) step(next);
  return next;
}

/** What another session finds in the mailboxes whose names begin so. */
export async function found(witness: ImapClient, prefix: string): Promise<World> {
  const world: World = {};
  const listed = await witness.list({ pattern: `${prefix}*` });
  for (const { name } of listed.filter(({ selectable }) => selectable)) {
    const messages = await allIn(witness, name).catch(goneMeanwhile);
    if (messages !== undefined) world[name] = messages;
  }
  return world;
}

async function allIn(witness: ImapClient, name: string): Promise<string[]> {
  await using mailbox = await witness.open(name, { readOnly: true });
  const messages = await mailbox.fetchAll('1:*', { flags: true, envelope: true });
  messages.sort((a, b) => a.uid - b.uid);
  return messages.map(({ envelope, flags }) => shown(envelope.subject ?? '', flags));
}

/** The server may still be at what the other session asked for last: to delete it. */
function goneMeanwhile(error: unknown): undefined {
  if (!(error instanceof ImapError)) throw error;
}

/** Leaves nothing of them. */
export async function swept(witness: ImapClient, prefix: string): Promise<void> {
  for (const { name } of await witness.list({ pattern: `${prefix}*` })) {
    // A server may be at it still.
    await witness.delete(name).catch((error) => {
      if (!(error instanceof CommandError)) throw error;
    });
  }
}
