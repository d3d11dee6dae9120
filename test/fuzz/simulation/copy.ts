/** A copy of a mailbox that is kept up to date by sync(), over whichever connections. */
import { type Mailbox, parseUidSet, type SyncResult, type SyncState } from '../../../src/index.ts';
import type { Options } from './choices.ts';

type Flags = ReadonlySet<string>;

export class Copy {
  state: SyncState | undefined;
  flags = new Map<number, Flags>();
  #busy = false;

  /** Nothing is done where it is under way. What fails leaves the copy as it was. */
  async sync(mailbox: Mailbox, options: Options, tell: (what: string) => void): Promise<SyncResult | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    try {
      const result = await mailbox.sync(this.state, options);
      const flags = new Map(result.reset || this.state === undefined ? [] : this.flags);
      this.#apply(flags, result, tell);
      if (result.state.flags === undefined && result.arrived.size > 0)
        for (const message of await mailbox.fetchAll(result.arrived.toString(), { flags: true }, options))
          flags.set(message.uid, message.flags);
      this.flags = flags;
      this.state = result.state;
      return result;
    } finally {
      this.#busy = false;
    }
  }

  #apply(copied: Map<number, Flags>, result: SyncResult, tell: (what: string) => void): void {
    const { state, arrived, vanished, flags, method } = result;
    for (const uid of vanished) if (!copied.delete(uid)) tell(`${uid} vanished, and was not there (${method})`);
    for (const uid of arrived) {
      if (copied.has(uid)) tell(`${uid} arrived, and was there (${method})`);
      copied.set(uid, new Set());
    }
    for (const [uid, now] of flags) {
      if (!copied.has(uid) || arrived.has(uid)) tell(`flags of ${uid}, which was not there (${method})`);
      copied.set(uid, now);
    }
    // Where there are no mod-sequences the state tells all flags.
    if (state.flags !== undefined) for (const uid of arrived) copied.set(uid, new Set(flagsOf(state.flags, uid)));
    const uids = [...copied.keys()].sort((a, b) => a - b).join();
    if ([...parseUidSet(state.uids)].join() !== uids) tell(`${state.uids} is not ${uids} (${method})`);
  }

  /** Each message with its flags. */
  get text(): string {
    return text(this.flags);
  }
}

/** Each message with its flags, but \Recent. */
export function text(messages: Iterable<readonly [number, Flags]>): string {
  const lines = [...messages]
    .sort(([a], [b]) => a - b)
    .map(
      ([uid, flags]) =>
        `${uid}(${[...flags]
          .filter((flag) => flag !== '\\Recent')
          .sort()
          .join(' ')})`,
    );
  return lines.join(' ');
}

function flagsOf(flags: Readonly<Record<string, string>>, uid: number): string[] {
  return Object.entries(flags)
    .filter(([, uids]) => parseUidSet(uids).has(uid))
    .map(([flag]) => flag);
}
