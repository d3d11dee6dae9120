import { enable } from '../commands/enable.ts';
import { fetch } from '../commands/fetch.ts';
import { Changes, resynchronize } from '../commands/resynchronize.ts';
import { refresh } from '../commands/selection.ts';
import { ToldFlags } from '../commands/told-flags.ts';
import { CommandError, ImapError, naming, type ResponseCode, shown, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { type Command, Fit, withParts } from '../session/command.ts';
import type { OperationOptions } from '../session/operation.ts';
import { fetchRequest } from '../syntax/fetch-items.ts';
import { isLasting } from '../syntax/flag.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import { parseUidSet, UidSet, UidSetBuilder } from '../wire/uid-set.ts';
import { runWhole, searchWhole } from './message-limit.ts';
import { isBad, unlessBad } from './refusals.ts';
import { runOutside } from './run-outside.ts';

/** What a mailbox held at one time, as plain JSON: keep it, and give it to the next sync. */
export interface SyncState {
  uidValidity: number;
  uidNext: number;
  /** Absent where the mailbox has no mod-sequences. */
  highestModseq?: string;
  /** A UID set. */
  uids: string;
  /** By flag, the UIDs that have it: only where the mailbox has no mod-sequences. */
  flags?: Record<string, string>;
}

/** The difference between a SyncState and now. */
export interface SyncResult {
  state: SyncState;
  /** The mailbox is another one under the same name: all that was held of it is void, and all that it holds is in `arrived`. */
  reset: boolean;
  arrived: UidSet;
  /** Messages of the earlier state that are gone. */
  vanished: UidSet;
  /** By UID, the flags of messages of the earlier state that have changed; now and then one whose flags are the same again. */
  flags: Map<number, ReadonlySet<string>>;
  method: 'initial' | 'qresync' | 'condstore' | 'compare';
}

/** A SyncState, read. */
interface Before {
  uidValidity: number;
  uids: UidSet;
  modseq: bigint | undefined;
  flags: ReadonlyMap<string, UidSet> | undefined;
}

/** A mailbox may be replaced so often while it is compared. */
const MOST_ROUNDS = 3;

type Difference = Omit<SyncResult, 'state' | 'reset'> & { state: Omit<SyncState, 'uidValidity' | 'uidNext'> };

/** See Mailbox.sync. */
export async function sync(
  handle: MailboxHandle,
  since: SyncState | undefined,
  options: OperationOptions,
): Promise<SyncResult> {
  handle.requireOpen('sync');
  const before = since === undefined ? undefined : naming('sync', () => readState(since));
  const { mailbox } = handle;
  for (let rounds = 1; rounds <= MOST_ROUNDS; rounds++) {
    const round = new Round(handle, options);
    const difference = await round.difference(before).catch((error) => round.passOver(error));
    if (difference === undefined) continue;
    const { state, ...found } = difference;
    const { uidValidity } = mailbox;
    // The mailbox was replaced while the connection was lost: what was found is of neither.
    if (uidValidity !== round.uidValidity) continue;
    mailbox.synced = later(mailbox.synced, BigInt(state.highestModseq ?? 0));
    const last = parseUidSet(state.uids).last ?? 0;
    return {
      state: { uidValidity, uidNext: Math.max(mailbox.uidNext ?? 1, last + 1), ...state },
      reset: before !== undefined && before.uidValidity !== uidValidity,
      ...found,
    };
  }
  throw new ImapError('UIDVALIDITY_CHANGED', `The UIDVALIDITY of ${shown(handle.name)} keeps changing`);
}

function readState(since: SyncState): Before {
  const { uidValidity, uids, highestModseq, flags } = since;
  if (flags !== undefined && (typeof flags !== 'object' || flags === null))
    throw new UsageError('not a state that sync gave');
  if (!Number.isInteger(uidValidity) || uidValidity < 0) throw new UsageError('not a state that sync gave');
  if (highestModseq !== undefined && (typeof highestModseq !== 'string' || !/^\d{1,19}$/.test(highestModseq)))
    throw new UsageError(`not a mod-sequence: ${shown(highestModseq)}`);
  return {
    uidValidity,
    uids: parseUidSet(uids),
    modseq: highestModseq === undefined ? undefined : BigInt(highestModseq),
    flags: flags && new Map(Object.entries(flags).map(([flag, having]) => [flag, parseUidSet(having)])),
  };
}

/** One comparison of what was with what is. */
class Round {
  /** What the comparison is of. */
  uidValidity = 0;
  readonly #handle: MailboxHandle;
  readonly #options: OperationOptions;
  /** The lowest HIGHESTMODSEQ that came with what has changed. */
  #highest: bigint | undefined;
  #usesQresync = false;

  constructor(handle: MailboxHandle, options: OperationOptions) {
    this.#handle = handle;
    this.#options = options;
  }

  async difference(before: Before | undefined): Promise<Difference> {
    const { mailbox, session } = this.#handle;
    const resumed = await this.#resume(before);
    if (resumed === undefined) await this.#refresh();
    this.#requireCount();
    this.uidValidity = mailbox.uidValidity;
    if (resumed !== undefined) return resumed;
    const known = before?.uidValidity === mailbox.uidValidity ? before : undefined;
    const modseq = session.state.capabilities.has('CONDSTORE') ? mailbox.highestModseq : undefined;
    if (modseq === undefined) return this.#compare(known, undefined);
    if (known === undefined) return initial(await this.#uids(), modseq);
    // Tolerance: Dovecot that has lost its index begins anew, with lower mod-sequences: nothing tells what changed.
    if (known.modseq === undefined || known.modseq > later(modseq, mailbox.synced)) return this.#compare(known, modseq);
    const changes = new Changes();
    changes.modseq = later(known.modseq, modseq);
    if (session.state.enabled.has('QRESYNC')) {
      this.#usesQresync = true;
      if (mailbox.exists > 0) await this.#changesSince(known.modseq, changes, true);
      else changes.vanish(known.uids);
      const found = this.#byChanges(known, changes);
      if (found !== undefined) return found;
    } else {
      await this.#changesSince(known.modseq, changes, false);
    }
    return byUids(known, await this.#uids(), changes);
  }

  /** The connection was replaced by one on which QRESYNC could not be enabled: what counted on it is asked in other ways. */
  passOver(error: unknown): undefined {
    if (!this.#usesQresync || this.#handle.session.state.enabled.has('QRESYNC') || !isBad(error)) throw error;
  }

  /** Enables QRESYNC where it is offered, and selects with it. Undefined: the mailbox is to be asked as it is selected. */
  async #resume(before: Before | undefined): Promise<Difference | undefined> {
    const { mailbox, session } = this.#handle;
    const { state } = session;
    if (before?.modseq === undefined || !state.capabilities.has('QRESYNC')) return undefined;
    if (!state.enabled.has('QRESYNC') && !(await this.#enable())) return undefined;
    this.#usesQresync = true;
    if (state.selected === mailbox || before.uidValidity === 0 || before.modseq === 0n) return undefined;
    // Of another user's mailbox of that name nothing is known.
    this.#handle.requireOpen('sync');
    const changes = new Changes();
    const since = { uidValidity: before.uidValidity, modseq: before.modseq };
    // Where it is BAD no mod-sequence is told.
    await unlessBad(session.run(resynchronize(mailbox, state, since, changes), this.#options));
    if (mailbox.uidValidity !== before.uidValidity || mailbox.highestModseq === undefined) return undefined;
    if (mailbox.highestModseq < before.modseq) return undefined;
    changes.modseq = mailbox.highestModseq;
    return this.#byChanges(before, changes);
  }

  async #enable(): Promise<boolean> {
    try {
      const { session } = this.#handle;
      const command = enable(['QRESYNC'], session.state);
      // For another user nothing is to be enabled.
      this.#handle.requireOpen('sync');
      const enabled = await runOutside(session, command, this.#options);
      return enabled.has('QRESYNC');
    } catch (error) {
      // There are other ways.
      if (error instanceof CommandError) return false;
      throw error;
    }
  }

  /** Has the mailbox selected, and its news told: once more where another call selects it anew by the time this one goes on. */
  async #refresh(): Promise<void> {
    const { mailbox, session } = this.#handle;
    let selections: number;
    do {
      selections = mailbox.selections;
      await this.#run(refresh(mailbox, session.state));
    } while (!mailbox.counted && mailbox.selections > selections);
  }

  /** A count that was not told, or can't be read, is not 0: a mirror would drop all that it holds. */
  #requireCount(): void {
    const { mailbox, name } = this.#handle;
    if (mailbox.counted) return;
    throw new ImapError('UNREADABLE', `sync: the server does not tell how many messages ${shown(name)} holds`);
  }

  /** Undefined where the changes do not add up to as many messages as there are. */
  #byChanges({ uids }: Before, changes: Changes): Difference | undefined {
    const gone = changes.vanished();
    const vanished = gone.intersect(uids);
    const arrived = UidSet.from([...changes.flags.keys()].filter((uid) => !uids.has(uid))).subtract(gone);
    const now = uids.subtract(vanished).union(arrived);
    if (now.size !== this.#handle.mailbox.exists) return undefined;
    return {
      state: { highestModseq: `${changes.modseq}`, uids: now.toString() },
      arrived,
      vanished,
      flags: ofKnown(changes.flags, uids.subtract(vanished)),
      method: 'qresync',
    };
  }

  /**
   * Without mod-sequences on both sides, or where they began anew: all flags are fetched, and compared where they were kept.
   */
  async #compare(known: Before | undefined, modseq: bigint | undefined): Promise<Difference> {
    const told = new ToldFlags();
    const { byMessage } = told;
    await this.#look('UID FETCH', async () => {
      await this.#fetch({}, ({ uid, flags }) => told.keep('UID FETCH', uid, flags));
      return byMessage.size > 0;
    });
    const isAll = byMessage.size === this.#handle.mailbox.exists;
    const uids = isAll ? UidSet.from(byMessage.keys()) : await this.#uidsAnew();
    const now = isAll ? byMessage : ofKnown(byMessage, uids);
    const before = known?.uids ?? UidSet.empty;
    const left = before.intersect(uids);
    const kept = modseq === undefined ? { flags: byFlag(now) } : { highestModseq: `${modseq}` };
    return {
      state: { uids: uids.toString(), ...kept },
      arrived: uids.subtract(before),
      vanished: before.subtract(uids),
      flags: known?.flags === undefined ? ofKnown(now, left) : changed(now, left, known.flags),
      method: known === undefined ? 'initial' : 'compare',
    };
  }

  /**
   * Fewer answers came than there are messages, or more. Those that others have expunged are gone, before the end of the answers
   * or while the connection was lost, too; one whose answer can't be read is not.
   */
  async #uidsAnew(): Promise<UidSet> {
    await this.#refresh();
    return this.#uids();
  }

  async #changesSince(modseq: bigint, changes: Changes, vanished: boolean): Promise<void> {
    if (this.#handle.mailbox.exists === 0) return;
    // CHANGEDSINCE 0 is no mod-sequence that the grammar allows (RFC 7162 §7).
    const changedSince = modseq > 0n ? modseq : 1n;
    await this.#fetch({ changedSince, vanished }, (message) => changes.take('UID FETCH', message), changes);
    changes.modseq = this.#highest ?? changes.modseq;
  }

  /**
   * What lies above it is told later, though messages that have come may be ahead of it (RFC 7162 §6). So it is where the answer
   * takes several commands: between them others change messages that are answered for.
   */
  #note(code: ResponseCode | undefined, came: bigint | undefined): void {
    const modseq = isCode(code, 'MESSAGELIMIT') ? came : isCode(code, 'HIGHESTMODSEQ') ? code.modseq : undefined;
    if (modseq !== undefined && modseq < (this.#highest ?? modseq + 1n)) this.#highest = modseq;
  }

  async #fetch(
    modifiers: { changedSince?: bigint; vanished?: boolean },
    take: (message: { uid: number; flags: ReadonlySet<string>; modseq?: bigint }) => void,
    changes?: Changes,
  ): Promise<void> {
    const { mailbox, session } = this.#handle;
    const items = { flags: true, ...(modifiers.changedSince === undefined ? {} : { modseq: true }) } as const;
    const request = fetchRequest(items, session.state.capabilities);
    const command = (set: MessageSet): Command<void> => {
      const asked = fetch<{ flags: true }>(mailbox, set, request, take, modifiers);
      return withParts<void>(asked, {
        untagged: changes?.untagged ?? {},
        code: (code) => {
          this.#note(code, changes?.modseq);
          return false;
        },
        finish: (tagged) => {
          this.#note(tagged.code, changes?.modseq);
          return asked.finish(tagged);
        },
        fetch: (data, items, bytes, fit) => {
          if (asked.fetch?.(data, items, bytes, fit)) return true;
          // News of a message that has been answered for: it is told to all, too.
          const { uid, flags } = data;
          if (fit === Fit.LOOSE && uid !== 0 && flags !== undefined) take({ ...data, flags });
          return false;
        },
        // All of it anew: what has come may have changed since, and the mod-sequences of the rest go past that.
        repeat: () => command(set),
        // So it gets on by nothing that came.
        delivered: () => false,
      });
    };
    await runWhole((one) => this.#run(one), session.state, '1:*', command);
  }

  async #uids(): Promise<UidSet> {
    let uids: number[] = [];
    await this.#look('UID SEARCH', async () => {
      uids = await searchWhole((command) => this.#run(command), this.#handle.session.state, { all: true });
      return uids.length > 0;
    });
    return UidSet.from(uids);
  }

  /**
   * Looks for all messages, and again where none is found of those that the mailbox is said to have: they may be gone, which
   * the news tell. A mirror would drop all that it holds for one answer that is empty by mistake.
   */
  async #look(name: string, find: () => Promise<boolean>): Promise<void> {
    const { mailbox } = this.#handle;
    for (let looked = 0; mailbox.exists > 0; looked++) {
      if (looked === 2)
        throw new ImapError(
          'UNREADABLE',
          `${name}: the server finds none of the ${mailbox.exists} messages that it tells`,
        );
      if (await find()) return;
      await this.#refresh();
    }
  }

  /** Without the handle's own UIDVALIDITY: here a new one is a result. */
  #run<Result>(command: Command<Result>): Promise<Result> {
    const { mailbox, session } = this.#handle;
    return session.run(command, { ...this.#options, mailbox });
  }
}

function initial(uids: UidSet, modseq: bigint): Difference {
  return {
    state: { highestModseq: `${modseq}`, uids: uids.toString() },
    arrived: uids,
    vanished: UidSet.empty,
    flags: new Map(),
    method: 'initial',
  };
}

function byUids({ uids }: Before, now: UidSet, changes: Changes): Difference {
  return {
    state: { highestModseq: `${changes.modseq}`, uids: now.toString() },
    arrived: now.subtract(uids),
    vanished: uids.subtract(now),
    flags: ofKnown(changes.flags, uids.intersect(now)),
    method: 'condstore',
  };
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function ofKnown(flags: ReadonlyMap<number, ReadonlySet<string>>, known: UidSet): Map<number, ReadonlySet<string>> {
  return new Map([...flags].filter(([uid]) => known.has(uid)));
}

/** The messages of `known` of which a flag was set or taken away. */
function changed(
  now: ReadonlyMap<number, ReadonlySet<string>>,
  known: UidSet,
  before: ReadonlyMap<string, UidSet>,
): Map<number, ReadonlySet<string>> {
  const counts = countsIn(before.values(), UidSet.from(now.keys()));
  const same = (uid: number, flags: ReadonlySet<string>) => {
    const lasting = [...flags].filter(isLasting);
    return lasting.length === (counts.get(uid) ?? 0) && lasting.every((flag) => before.get(flag)?.has(uid) ?? false);
  };
  return new Map([...now].filter(([uid, flags]) => known.has(uid) && !same(uid, flags)));
}

/** How many of the sets have each of these: the sets come from a state that was kept somewhere, and can name any. */
function countsIn(sets: Iterable<UidSet>, uids: UidSet): Map<number, number> {
  const steps: { uid: number; by: number }[] = [];
  for (const set of sets)
    for (const [first, last] of set.ranges()) steps.push({ uid: first, by: 1 }, { uid: last + 1, by: -1 });
  steps.sort((a, b) => a.uid - b.uid);
  const counts = new Map<number, number>();
  let count = 0;
  let at = 0;
  for (const uid of uids) {
    for (let step = steps[at]; step !== undefined && step.uid <= uid; step = steps[++at]) count += step.by;
    counts.set(uid, count);
  }
  return counts;
}

function byFlag(messages: ReadonlyMap<number, ReadonlySet<string>>): Record<string, string> {
  const having = new Map<string, UidSetBuilder>();
  for (const [uid, flags] of messages) {
    for (const flag of flags) {
      if (!isLasting(flag)) continue;
      const builder = having.get(flag) ?? new UidSetBuilder();
      having.set(flag, builder);
      builder.add(uid);
    }
  }
  return Object.fromEntries([...having].map(([flag, builder]) => [flag, builder.build().toString()]));
}
