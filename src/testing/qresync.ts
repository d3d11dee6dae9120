import type { Arguments } from './arguments.ts';
import { numberSet } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import { bad } from './refusal.ts';
import { writeFlags } from './report.ts';
import { membership, parseSet, type Ranges } from './sequence.ts';
import type { Session } from './session.ts';
import type { View } from './view.ts';

/** What a client remembers of a mailbox (RFC 7162 §3.2.5). */
export interface Memory {
  uidValidity: number;
  modseq: bigint;
  knownUids: Ranges | undefined;
}

/**
 * "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")". The sequence match data only help servers
 * that do not remember what was expunged: read and left aside.
 */
function parseMemory(args: Arguments): Memory {
  args.expect('(');
  const uidValidity = args.nonZeroNumber();
  args.space();
  const modseq = args.bigNumber();
  let knownUids: Ranges | undefined;
  if (args.take(' ')) {
    const hasUids = args.peek() !== '(';
    if (hasUids) knownUids = parseSet(args.set());
    if (!hasUids || args.take(' ')) parseMatchData(args);
  }
  args.expect(')');
  return { uidValidity, modseq, knownUids };
}

/** seq-match-data = "(" known-sequence-set SP known-uid-set ")" */
function parseMatchData(args: Arguments): void {
  args.expect('(');
  parseSet(args.set());
  args.space();
  parseSet(args.set());
  args.expect(')');
}

/** What has changed since the client was last here; nothing of it counts under another UIDVALIDITY. */
export function resynchronize(session: Session, view: View, { uidValidity, modseq, knownUids }: Memory): void {
  const { mailbox } = view;
  if (uidValidity !== mailbox.uidValidity) return;
  reportVanished(session, mailbox, modseq, knownUids);
  const isKnown = knownUids && membership(knownUids, view.lastUid);
  for (const message of view.messages)
    if (message.modseq > modseq && (!isKnown || isKnown(message.uid))) writeFlags(session, view, message, true);
}

/** VANISHED (EARLIER): what of these UIDs was expunged after the modseq (RFC 7162 §3.2.10.1). */
export function reportVanished(session: Session, mailbox: Mailbox, since: bigint, uids: Ranges | undefined): void {
  const isAsked = uids && membership(uids, mailbox.uidNext - 1);
  const vanished = mailbox.expunges
    .filter((expunge) => expunge.modseq > since && (!isAsked || isAsked(expunge.uid)))
    .map(({ uid }) => uid)
    .sort((a, b) => a - b);
  if (vanished.length > 0) session.untagged(`VANISHED (EARLIER) ${numberSet(vanished)}`);
}

/** select-param = "CONDSTORE" / "QRESYNC" SP "(" … ")" (RFC 7162 §3.1.8 and §3.2.5) */
export function parseSelectParameters(session: Session, args: Arguments): { memory?: Memory } {
  const parameters: { memory?: Memory } = {};
  if (!session.offers('CONDSTORE') || !args.take(' ')) return parameters;
  args.list(() => {
    const name = args.word();
    if (name === 'QRESYNC' && session.offers(name)) {
      if (!session.enabled.has(name)) throw bad('QRESYNC is not enabled');
      args.space();
      parameters.memory = parseMemory(args);
    } else if (name !== 'CONDSTORE') throw bad(`Unknown SELECT parameter ${name}`);
    session.enabled.add('CONDSTORE');
  });
  return parameters;
}
