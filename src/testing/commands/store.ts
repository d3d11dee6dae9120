import type { Arguments } from '../arguments.ts';
import type { Completion, ServerCommand } from '../command.ts';
import { numberSet } from '../format.ts';
import { changeLabels, parseLabel } from '../gmail.ts';
import { oneCode, withinLimit } from '../message-limit.ts';
import { bad, no } from '../refusal.ts';
import { reportFlagNames, writeFlags, writeLabels, writeModseq } from '../report.ts';
import { maySet } from '../rights.ts';
import type { Session } from '../session.ts';

/** STORE (RFC 3501 §6.4.6), with UNCHANGEDSINCE (RFC 7162 §3.1.3) */
export const store: ServerCommand = {
  name: 'STORE',
  state: 'selected',
  withUid: true,
  tells: 'no EXPUNGE',
  run(session, args, byUid) {
    args.space();
    const set = args.set();
    args.space();
    const unchangedSince = parseModifier(session, args);
    const item = args.match(/[^ ]+/y) ?? '';
    if (session.offers('X-GM-EXT-1') && /X-GM-LABELS/i.test(item)) return storeLabels(session, args, set, item, byUid);
    const [, sign, silent] = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(item) ?? [];
    if (sign === undefined) throw bad('Unknown STORE item');
    args.space();
    const flags = args.peek() === '(' ? args.list(() => args.flag()) : parseFlags(args);
    args.end();

    const view = session.writableView;
    if (unchangedSince !== undefined) session.useModseqs();
    const may = maySet(session, view.mailbox);
    const given = view.mailbox.flagNames.set(flags);
    const names = new Set([...given].filter(may));
    if (given.size > 0 && names.size === 0) throw no('Permission denied', 'NOPERM');
    reportFlagNames(session, view);
    const modified: number[] = [];
    const { messages, code } = withinLimit(session, view.select(set, byUid));
    for (const message of messages) {
      if (message.expunged) continue;
      if (unchangedSince !== undefined && message.modseq > unchangedSince) {
        modified.push(byUid ? message.uid : view.sequenceNumber(message));
        continue;
      }
      // What was so already is not told, as by Dovecot and Cyrus.
      if (!view.mailbox.setFlags(message, changed(message.flags, sign, names, may), view)) continue;
      if (!silent) {
        view.forgetFlagChange(message);
        writeFlags(session, view, message, byUid);
      } else if (session.usesModseqs) writeModseq(session, view, message, byUid);
    }
    if (modified.length === 0) return { text: 'STORE completed', code };
    return { text: 'Conditional STORE failed', code: oneCode(session, `MODIFIED ${numberSet(modified)}`, code) };
  },
};

/** X-GM-LABELS instead of FLAGS. */
function storeLabels(session: Session, args: Arguments, set: string, item: string, byUid: boolean): Completion {
  const [, sign, silent] = /^([+-]?)X-GM-LABELS(\.SILENT)?$/i.exec(item) ?? [];
  if (sign === undefined) throw bad('Unknown STORE item');
  args.space();
  const labels = args.peek() === '(' ? args.list(() => parseLabel(args)) : [parseLabel(args)];
  args.end();
  const view = session.writableView;
  for (const message of view.select(set, byUid)) {
    if (message.expunged) continue;
    changeLabels(session, view, message, sign, labels);
    if (!silent) writeLabels(session, view, message, byUid);
  }
  return { text: 'STORE completed' };
}

/** ["(" "UNCHANGEDSINCE" SP mod-sequence-valzer ")" SP] */
function parseModifier(session: Session, args: Arguments): bigint | undefined {
  if (!session.offers('CONDSTORE') || !args.take('(')) return undefined;
  if (args.word() !== 'UNCHANGEDSINCE') throw bad('Unknown STORE modifier');
  args.space();
  const modseq = args.bigNumber();
  args.expect(')');
  args.space();
  return modseq;
}

/** flag *(SP flag) */
function parseFlags(args: Arguments): string[] {
  const flags = [args.flag()];
  while (args.take(' ')) flags.push(args.flag());
  return flags;
}

/** What may not be changed stays. */
function changed(
  present: ReadonlySet<string>,
  sign: string,
  names: Set<string>,
  may: (flag: string) => boolean,
): Set<string> {
  if (sign === '') return new Set([...[...present].filter((flag) => !may(flag)), ...names]);
  if (sign === '+') return new Set([...present, ...names]);
  return new Set([...present].filter((flag) => !names.has(flag)));
}
