/** What is expected of any answer. */
import { CommandError, ConnectionError, ImapError } from '../../../src/index.ts';
import { ABORTED } from './choices.ts';
import type { World } from './world.ts';

export class Expectations {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Every failure is one that the library tells, or the caller's own. */
  failure(label: string, error: unknown): void {
    if (error === ABORTED) return;
    const told = error instanceof ImapError;
    if (!told || error.code === 'INTERNAL' || error.code === 'SYNTAX' || error.code === 'UNREADABLE')
      this.tell(label, error instanceof Error ? String(error.stack) : String(error));
    else if (error instanceof CommandError && error.status === 'BAD' && !/authenticated/i.test(error.text))
      this.tell(label, error.message);
  }

  /** The server cannot have executed it, the caller is told. */
  isUndone(error: unknown): boolean {
    return error instanceof ConnectionError && !error.maybeExecuted;
  }

  /** The server has said that it has not done it. */
  isRefused(error: unknown): boolean {
    return error instanceof CommandError;
  }

  /** A mailbox gets a name that none had: whether it has it is what the call tells. */
  async names(label: string, name: string, make: () => Promise<unknown>): Promise<void> {
    const { truth } = this.#world;
    await make().catch((error) => {
      if (error instanceof CommandError || this.isUndone(error)) truth.notNamed.set(name, label);
      throw error;
    });
    if (!truth.named(name)) this.tell(label, `there is no ${name}`);
  }

  tell(label: string, what: string): void {
    this.#world.tell(`${label}: ${what}`);
  }

  /** A mailbox is the one of that name, and of whose call it was. */
  mailbox(label: string, uidValidity: number, user: string | undefined, name: string): void {
    const found = this.#world.truth.of(uidValidity);
    if (found === undefined || !found.names.has(name)) this.tell(label, `${uidValidity} is no ${name}`);
    else if (user !== undefined && found.user !== user) this.tell(label, `${name} of ${found.user}, not of ${user}`);
  }

  appended(
    label: string,
    { uid, uidValidity }: { uid?: number | undefined; uidValidity?: number | undefined },
    user: string | undefined,
    name: string,
    subject: string,
  ): void {
    if (uid === undefined || uidValidity === undefined) return;
    this.mailbox(label, uidValidity, user, name);
    this.subject(label, uidValidity, uid, subject);
  }

  subject(label: string, uidValidity: number, uid: number, subject: string | undefined): void {
    const truth = this.#world.truth.of(uidValidity)?.subjects.get(uid);
    if (truth !== subject) this.tell(label, `${uid} of ${uidValidity} is ${truth}, not ${subject}`);
  }

  /** They are UIDs of this mailbox: no others. */
  uids(label: string, uidValidity: number, uids: Iterable<number>): void {
    const { subjects } = this.#world.truth.of(uidValidity) ?? {};
    const others = [...uids].filter((uid) => !subjects?.has(uid));
    if (others.length > 0) this.tell(label, `${others.join()} is none of ${uidValidity}`);
  }

  /** What the session knew of and what is still there has not been left out. */
  all(label: string, uidValidity: number, must: readonly number[], found: ReadonlySet<number>): void {
    const there = new Set(this.#world.truth.uids(uidValidity));
    const missing = must.filter((uid) => there.has(uid) && !found.has(uid));
    if (missing.length > 0) this.tell(label, `${missing.join()} of ${uidValidity} is missing`);
  }
}
