import type { Command } from '../session/command.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import { formatMessageSet, type MessageSet, zipUidRanges } from '../wire/sequence-set.ts';
import { requireSet, setBehaviour } from './message-set.ts';

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
    finish: ({ code }) => (isCode(code, 'COPYUID') ? copied([code]) : { uids: new Map() }),
  };
}

/** The pairs that COPYUID codes name; a MOVE may bring several. */
export function copied(codes: readonly KnownResponseCode<'COPYUID'>[]): CopyResult {
  const uids = new Map<number, number>();
  let uidValidity: number | undefined;
  for (const { uidValidity: validity, source, target } of codes) {
    uidValidity ??= validity;
    if (source === undefined || target === undefined) continue;
    const count = source.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (uids.size + count > MAX_PAIRS) continue;
    for (const [from, to] of zipUidRanges(source, target, MAX_PAIRS)) uids.set(from, to);
  }
  return uidValidity === undefined ? { uids } : { uidValidity, uids };
}
