import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { parseRange } from '../esearch.ts';
import { type FetchItem, parseFetchItems, parseItem } from '../fetch-items.ts';
import type { Message } from '../message.ts';
import { withinLimit } from '../message-limit.ts';
import { Pacer } from '../pacer.ts';
import { reportVanished } from '../qresync.ts';
import { bad } from '../refusal.ts';
import { fetchHead, flagsItem, reportFlagNames } from '../report.ts';
import { mayAny } from '../rights.ts';
import { parseSet } from '../sequence.ts';
import type { Session } from '../session.ts';
import { GONE, type View } from '../view.ts';

/** FETCH (RFC 3501 §6.4.5), with CHANGEDSINCE and VANISHED (RFC 7162 §3.1.4.1 and §3.2.6), and PARTIAL (RFC 9394 §3.3) */
export const fetch: ServerCommand = {
  name: 'FETCH',
  state: 'selected',
  withUid: true,
  tells: 'no EXPUNGE',
  async run(session, args, byUid) {
    args.space();
    const set = args.set();
    args.space();
    const items = parseFetchItems(session, args, byUid);
    const modifiers = parseModifiers(session, args);
    args.end();
    if (modifiers.vanished && !(byUid && session.enabled.has('QRESYNC') && modifiers.changedSince !== undefined))
      throw bad('VANISHED needs UID FETCH, CHANGEDSINCE and QRESYNC enabled');

    if (modifiers.partial !== undefined && !byUid) throw bad('PARTIAL needs UID FETCH');

    const { view } = session;
    const { changedSince } = modifiers;
    const changed = (message: Message) => changedSince === undefined || message.modseq > changedSince;
    const named = view.select(set, byUid);
    const wanted = modifiers.partial?.slice(named.filter(changed)) ?? named;
    const { messages, code } = withinLimit(session, wanted);
    const selected = code === undefined ? messages : messages.toReversed();
    if (changedSince !== undefined && !items.some(({ name }) => name === 'MODSEQ'))
      items.push(parseItem(session, 'MODSEQ', args));
    if (items.some((item) => item.usesModseqs)) session.useModseqs();
    if (modifiers.vanished && changedSince !== undefined)
      reportVanished(session, view.mailbox, changedSince, parseSet(set));
    reportFlagNames(session, view);
    const pacer = new Pacer();
    let gone = false;
    for (const message of selected) {
      if (!changed(message)) continue;
      // Its content is no longer there, as with other servers.
      gone ||= message.expunged;
      if (message.expunged) continue;
      writeMessage(session, view, message, items);
      await session.connection.output.drained();
      if (pacer.due) await pacer.turn();
    }
    return gone ? { ...GONE, code: code ?? GONE.code } : { text: 'FETCH completed', code };
  },
};

interface Modifiers {
  changedSince?: bigint;
  vanished: boolean;
  partial?: ReturnType<typeof parseRange>;
}

/** [SP "(" fetch-modifier *(SP fetch-modifier) ")"] (RFC 4466 §3) */
function parseModifiers(session: Session, args: Arguments): Modifiers {
  const modifiers: Modifiers = { vanished: false };
  if (!(session.offers('CONDSTORE') || session.offers('PARTIAL')) || !args.take(' ')) return modifiers;
  args.list(() => {
    const name = args.word();
    if (name === 'PARTIAL' && session.offers('PARTIAL') && !modifiers.partial) {
      args.space();
      modifiers.partial = parseRange(session, args);
    } else if (name === 'CHANGEDSINCE' && session.offers('CONDSTORE')) {
      args.space();
      modifiers.changedSince = args.bigNumber();
    } else if (name === 'VANISHED' && session.offers('QRESYNC')) modifiers.vanished = true;
    else throw bad(`Unknown FETCH modifier ${name}`);
  });
  return modifiers;
}

export function writeMessage(session: Session, view: View, message: Message, items: readonly FetchItem[]): void {
  const { mailbox, readOnly } = view;
  for (const item of items) item.check?.({ session, view, message });
  const becomesSeen =
    !readOnly && !message.flags.has('\\Seen') && items.some((item) => item.setsSeen) && mayAny(session, mailbox, 's');
  if (becomesSeen) mailbox.setFlags(message, [...message.flags, '\\Seen'], view);
  session.write(`* ${fetchHead(session, view, message)} (`);
  for (const [index, item] of items.entries()) {
    if (index > 0) session.write(' ');
    item.write({ session, view, message });
  }
  const has = (name: string) => items.some((item) => item.name === name);
  if (becomesSeen && !has('FLAGS')) session.write(` ${flagsItem(session, view, message)}`);
  if (becomesSeen && session.usesModseqs && !has('MODSEQ')) session.write(` MODSEQ (${message.modseq})`);
  session.write(')\r\n');
}
