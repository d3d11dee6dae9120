import { type CopyResult, ImapError, ProtocolError } from '../errors.ts';
import type { StopSignal } from '../session/abort.ts';
import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import type { StatusResponse } from '../syntax/response.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import { zipUidRanges } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { requireSet, setBehaviour } from './message-set.ts';

/** More pairs than anybody copies at once: a set of ranges is small on the wire whatever it names, the map is not. */
const MAX_PAIRS = 1_000_000;

/** COPY, UID COPY (RFC 3501 §6.4.7) */
export function copy(set: MessageSet, target: string): Command<CopyResult> {
  const { uid, text } = formatMessageSet(set);
  return new Copy(uid, text, target);
}

/** A class: see Store. */
class Copy implements Command<CopyResult> {
  readonly name: string;
  readonly behaviour: Behaviour;

  constructor(
    uid: boolean,
    private readonly text: string,
    private readonly target: string,
  ) {
    this.name = uid ? 'UID COPY' : 'COPY';
    this.behaviour = setBehaviour(uid, text);
  }

  get about(): string {
    return this.target;
  }

  write(writer: Writer): void {
    writer.space().raw(requireSet(this.text)).space().mailbox(this.target);
  }

  finish({ code }: StatusResponse): CopyResult {
    const copied = new CopiedUids();
    if (isCode(code, 'COPYUID')) copied.add(code);
    return copied.result();
  }
}

/** Gathers the pairs that COPYUID codes name; a MOVE may bring several. The codes themselves are not kept. */
export class CopiedUids {
  #uids: Map<number, number> | undefined;
  #uidValidity: number | undefined;
  /** How many were named, the same ones again included. */
  #named = 0;

  add({ uidValidity, source, target }: KnownResponseCode<'COPYUID'>): void {
    this.#uidValidity ??= uidValidity;
    if (source === undefined || target === undefined) return;
    const count = source.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (this.#named + count > MAX_PAIRS) return;
    this.#named += count;
    this.#uids ??= new Map();
    zipUidRanges(this.#uids, source, target, MAX_PAIRS);
  }

  result(): CopyResult {
    const uids = this.#uids ?? new Map();
    return this.#uidValidity === undefined ? { uids } : { uidValidity: this.#uidValidity, uids };
  }
}

/** Has a failure tell what was copied before it. */
export function withCopied(error: unknown, copied: CopyResult | undefined, signal?: StopSignal): unknown {
  // What the caller gives up with is his, and a ProtocolError is told to several.
  const own = error instanceof ImapError && !(error instanceof ProtocolError) && error !== signal?.reason;
  return own && copied !== undefined && copied.uids.size > 0 ? Object.assign(error, { copied }) : error;
}
