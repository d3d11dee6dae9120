import { naming } from '../errors.ts';
import { type Command, Fit } from '../session/command.ts';
import type { MailboxState } from '../session/mailbox-state.ts';
import type { Behaviour } from '../session/pipeline.ts';
import { type FetchData, FetchItemBit } from '../syntax/fetch-item.ts';
import { withoutRecent, writeFlags } from '../syntax/flag.ts';
import { writeLabel } from '../syntax/gmail.ts';
import { isCode } from '../syntax/known-response-code.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { messageMatcher } from '../wire/message-matcher.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import type { UidSet } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { requireSet, setBehaviour } from './message-set.ts';
import { ToldFlags } from './told-flags.ts';

export interface StoreOptions {
  /** Only messages that have not changed since this mod-sequence (CONDSTORE, RFC 7162 §3.1.3). */
  unchangedSince?: bigint | undefined;
  /** The server is not to answer with the new flags. */
  silent?: boolean | undefined;
  /** X-GM-LABELS instead of FLAGS. */
  gmailLabels?: boolean | undefined;
}

export interface StoreResult {
  /**
   * By UID, as far as the server tells: nothing after a silent STORE, but Cyrus tells them all the same, and Dovecot tells only
   * what has changed, once for several STOREs that it was sent together. A UID that the server has not told this connection of
   * may name no message yet (Dovecot, Courier): an OK then changes nothing. See Mailbox.check.
   */
  flags: Map<number, ReadonlySet<string>>;
  /** Refused because they changed after `unchangedSince`. */
  modified?: UidSet;
  highestModseq?: bigint;
}

/** What a STORE does to flags: adds, removes, or sets them. */
export type Change = '+' | '-' | '';

/** What a STORE is answered with; what tells anything else answers a FETCH. */
const TOLD = FetchItemBit.UID | FetchItemBit.FLAGS | FetchItemBit.MODSEQ | FetchItemBit.GMAIL_LABELS;

const BY_UID: Behaviour = { ...setBehaviour(true, ''), writesFlags: true };
const OF_SAVED: Behaviour = { ...setBehaviour(true, '$'), writesFlags: true };
const BY_SEQUENCE: Behaviour = { ...setBehaviour(false, ''), writesFlags: true, keepsSequenceNumbers: true };

/**
 * STORE, UID STORE (RFC 3501 §6.4.6). `unnamed` takes the flags by sequence number, where the answers name no UIDs, as those
 * to a STORE by sequence number, or wrong ones. By what the `mailbox` holds `*` is told from other messages.
 */
export function store(
  set: MessageSet,
  change: Change,
  flags: readonly string[],
  { unchangedSince, silent = false, gmailLabels = false }: StoreOptions,
  unnamed?: ToldFlags,
  mailbox?: MailboxState,
): Command<StoreResult> {
  const { uid, text } = formatMessageSet(set);
  return new Store(uid, text, change, flags, unchangedSince, silent, gmailLabels, unnamed, mailbox);
}

/** A class: thousands may wait for their turn, and closures take three times the room. */
class Store implements Command<StoreResult> {
  readonly name: string;
  readonly behaviour: Behaviour;
  // Made when the first answer comes.
  private told: ToldFlags | undefined = undefined;
  private highestModseq: bigint | undefined = undefined;
  private matches: ReturnType<typeof messageMatcher> | undefined = undefined;
  /** As that of a FETCH. */
  private lastSent = 0;

  constructor(
    private readonly uid: boolean,
    private readonly text: string,
    private readonly change: Change,
    private readonly flags: readonly string[],
    private readonly unchangedSince: bigint | undefined,
    private readonly silent: boolean,
    private readonly gmailLabels: boolean,
    private readonly unnamed: ToldFlags | undefined,
    private readonly mailbox: MailboxState | undefined,
  ) {
    this.name = uid ? 'UID STORE' : 'STORE';
    this.behaviour = text === '$' ? OF_SAVED : uid ? BY_UID : BY_SEQUENCE;
  }

  get needs(): string | readonly string[] | undefined {
    const conditional = this.unchangedSince === undefined ? undefined : 'CONDSTORE';
    if (!this.gmailLabels) return conditional;
    return conditional === undefined ? 'X-GM-EXT-1' : ['X-GM-EXT-1', conditional];
  }

  repeat(): Command<StoreResult> | undefined {
    if (!this.uid || this.text === '$' || this.unchangedSince !== undefined) return undefined;
    const { silent, gmailLabels } = this;
    return store(this.text, this.change, this.flags, { silent, gmailLabels }, undefined, this.mailbox);
  }

  private get item(): string {
    const item = this.gmailLabels ? 'X-GM-LABELS' : 'FLAGS';
    return this.silent ? `${item}.SILENT` : item;
  }

  private get exists(): number {
    return this.mailbox?.exists ?? 0;
  }

  /** As that of a FETCH. */
  get last(): number {
    return Math.min(this.lastSent, this.exists);
  }

  started(): void {
    this.lastSent = this.exists;
  }

  write(writer: Writer): void {
    writer.raw(` ${requireSet(this.text)}`);
    if (this.unchangedSince !== undefined) writeUnchangedSince(writer, this.unchangedSince);
    writer.raw(` ${this.change}${this.item} `);
    if (this.gmailLabels) writeLabels(writer, this.flags);
    else writeFlags(writer, this.change === '' ? withoutRecent(this.flags) : this.flags);
  }

  fetch(data: FetchData, items: number, _bytes: number, fit: Fit): boolean {
    const { uid, unnamed } = this;
    const { seq } = data;
    if ((items & ~TOLD) !== 0 && fit !== Fit.LOOSE) return false;
    this.matches ??= messageMatcher(this.text);
    if (!(uid && unnamed) && !this.matches(uid ? data.uid : (seq ?? 0), seq, this)) return false;
    const now = this.gmailLabels ? data.gmailLabels : data.flags;
    if (now !== undefined && unnamed === undefined) {
      this.told ??= new ToldFlags();
      this.told.keep(this.name, data.uid, now);
    } else if (now !== undefined && seq !== undefined) {
      unnamed?.keep(this.name, seq, now);
    }
    const { modseq } = data;
    if (modseq !== undefined && (this.highestModseq ?? 0n) < modseq) this.highestModseq = modseq;
    return now !== undefined || modseq !== undefined;
  }

  /** What MODIFIED does not name was stored: RFC 7162 §3.1.3 has it in an OK, and in a NO where some are gone. */
  answers({ code }: StatusResponse): boolean {
    return this.unchangedSince !== undefined && isCode(code, 'MODIFIED') && code.uids !== undefined;
  }

  finish({ code }: StatusResponse): StoreResult {
    const result: StoreResult = { flags: this.told?.byMessage ?? new Map() };
    if (this.highestModseq !== undefined) result.highestModseq = this.highestModseq;
    if (isCode(code, 'MODIFIED') && code.uids !== undefined) result.modified = code.uids;
    return result;
  }
}

/** Apart: a function with a closure in it takes memory whenever it is called. */
function writeLabels(writer: Writer, labels: readonly string[]): void {
  writer.list(labels, (label) => writeLabel(writer, label));
}

function writeUnchangedSince(writer: Writer, unchangedSince: bigint): void {
  naming('unchangedSince', () => writer.raw(' (UNCHANGEDSINCE ').number(unchangedSince).raw(')'));
}
