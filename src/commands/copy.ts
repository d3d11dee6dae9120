import { UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { Behaviour } from '../session/pipeline.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import { formatMessageSet, type MessageSet, zipUidRanges } from '../wire/sequence-set.ts';

/** Where the messages are now (UIDPLUS, RFC 4315 §3). Empty where the server does not say. */
export interface CopyResult {
  uidValidity?: number;
  /** Source UID to target UID. */
  uids: Map<number, number>;
}

/** More pairs than anybody copies at once: a set of ranges is small on the wire whatever it names, the map is not. */
const MAX_PAIRS = 1_000_000;

/** COPY, UID COPY (RFC 3501 §6.4.7) */
export function copy(set: MessageSet, target: string): Command<CopyResult> {
  const { uid, text } = formatMessageSet(set);
  return {
    name: uid ? 'UID COPY' : 'COPY',
    behaviour: setBehaviour(uid, text),
    write: (writer) => writer.space().raw(requireSet(text)).space().mailbox(target),
    finish: ({ code }) => {
      const copied = new CopiedUids();
      if (isCode(code, 'COPYUID')) copied.add(code);
      return copied.result();
    },
  };
}

/** Gathers the pairs that COPYUID codes name; a MOVE may bring several. The codes themselves are not kept. */
export class CopiedUids {
  readonly #uids = new Map<number, number>();
  #uidValidity: number | undefined;
  /** How many were named, the same ones again included. */
  #named = 0;

  add({ uidValidity, source, target }: KnownResponseCode<'COPYUID'>): void {
    this.#uidValidity ??= uidValidity;
    if (source === undefined || target === undefined) return;
    const count = source.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (this.#named + count > MAX_PAIRS) return;
    this.#named += count;
    for (const [from, to] of zipUidRanges(source, target, MAX_PAIRS)) this.#uids.set(from, to);
  }

  result(): CopyResult {
    return this.#uidValidity === undefined
      ? { uids: this.#uids }
      : { uidValidity: this.#uidValidity, uids: this.#uids };
  }
}

/** What a command on a set of messages may have beside it. */
export function setBehaviour(uid: boolean, text: string): Behaviour {
  if (text === '$') return { mailbox: true, usesSavedResult: true };
  return uid ? { mailbox: true } : { mailbox: true, sequenceNumbers: true };
}

/** The set's text, which formatMessageSet has checked. */
export function requireSet(text: string): string {
  if (text === '') throw new UsageError('An empty set of messages');
  return text;
}
