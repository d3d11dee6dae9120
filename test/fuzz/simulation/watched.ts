/** What a watch tells of a mailbox: each arrival and each end once. */
import type { Mailbox } from '../../../src/index.ts';
import type { ServerMessage } from '../../../src/testing/index.ts';
import { text } from './copy.ts';

export class Watched {
  /** What is there, by what was told. */
  readonly #uids = new Set<number>();
  uidValidity: number;
  /** It has ended, or nobody knows what was there when it began. */
  over = false;
  /** Found behind its beginning alone: of what goes again before it is fetched the watch tells nothing. */
  readonly #found = new Set<number>();
  readonly #arrived = new Set<number>();
  readonly #gone = new Set<number>();
  /** As they were told last. */
  readonly #flags = new Map<number, ReadonlySet<string>>();
  readonly #tell: (what: string) => void;

  constructor(uidValidity: number, tell: (what: string) => void) {
    this.uidValidity = uidValidity;
    this.#tell = tell;
  }

  /** What is there, where these are. */
  now(there: readonly number[]): number[] {
    const mayBeGone = (uid: number) => this.#found.has(uid) && !this.#arrived.has(uid);
    return [...this.#uids].filter((uid) => there.includes(uid) || !mayBeGone(uid)).sort((a, b) => a - b);
  }

  /** Its flags are to be told. */
  willChange(uid: number): void {
    if (!this.#flags.has(uid)) this.#flags.set(uid, new Set());
  }

  /** Flags that were told and are not so: those of messages that are there. */
  wrongFlags(messages: readonly ServerMessage[]): string | undefined {
    const told = messages.filter(({ uid }) => this.#flags.has(uid));
    const is = text(told.map(({ uid, flags }) => [uid, flags]));
    const was = text(told.map(({ uid }) => [uid, this.#flags.get(uid) ?? new Set()]));
    return is === was ? undefined : `flags: ${was} is not ${is}`;
  }

  /** Resolves once it is known what was there when the watch began, `told` having been told before; `failed` is told what ends the watch, `named` each message that arrives. */
  async begin(
    mailbox: Mailbox,
    told: Iterable<number>,
    signal: AbortSignal,
    failed: (error: unknown) => void,
    named: (uidValidity: number, uid: number, subject: string | undefined) => void,
  ): Promise<void> {
    const before = this.uidValidity;
    const known = new Set(told);
    const iterator = mailbox.watch({ signal, pollInterval: 50, fetch: { envelope: true } })[Symbol.asyncIterator]();
    const first = iterator.next();
    const found = mailbox.search({ all: true }).then(
      (uids) => {
        if (this.uidValidity !== before) return;
        for (const uid of uids) {
          if (!known.has(uid)) this.#found.add(uid);
          if (!this.#gone.has(uid)) this.#uids.add(uid);
        }
      },
      () => {
        this.over = true;
        // It would go on to have turns.
        void iterator.return?.();
      },
    );
    const follow = async () => {
      for (let next = await first; !next.done; next = await iterator.next()) {
        const event = next.value;
        if (event.type === 'reset') this.#reset(event.uidValidity);
        else if (event.type === 'vanished') for (const uid of event.uids) this.#vanished(uid);
        else if (event.type === 'flags') this.#flags.set(event.uid, event.flags);
        else
          for (const { uid, flags, envelope } of event.messages) {
            this.#came(uid);
            this.#flags.set(uid, flags);
            named(this.uidValidity, uid, envelope.subject);
          }
      }
    };
    void follow()
      .catch(failed)
      .finally(() => {
        this.over = true;
      });
    await found;
  }

  #reset(uidValidity: number): void {
    this.uidValidity = uidValidity;
    for (const set of [this.#uids, this.#found, this.#arrived, this.#gone, this.#flags]) set.clear();
  }

  #vanished(uid: number): void {
    if (this.#gone.has(uid)) this.#tell(`${uid} vanished twice`);
    this.#gone.add(uid);
    this.#uids.delete(uid);
  }

  #came(uid: number): void {
    if (this.#arrived.has(uid)) this.#tell(`${uid} arrived twice`);
    if (this.#gone.has(uid)) this.#tell(`${uid} arrived behind its end`);
    this.#arrived.add(uid);
    this.#uids.add(uid);
  }
}
