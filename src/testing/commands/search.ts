import type { ServerCommand } from '../command.ts';
import { goesOn, highestModseq, parseReturn, type ReturnOption, savedBy, writeEsearch } from '../esearch.ts';
import type { Message } from '../message.ts';
import { withinLimit } from '../message-limit.ts';
import { Pacer } from '../pacer.ts';
import { reportProgress } from '../progress.ts';
import { Refusal } from '../refusal.ts';
import { progressOf } from '../search-context.ts';
import { parseSearch } from '../search-keys.ts';
import { type Criterion, scoreOf } from '../search-reader.ts';
import type { Session } from '../session.ts';
import type { View } from '../view.ts';

/** SEARCH (RFC 3501 §6.4.4), with RETURN (RFC 4731) */
export const search: ServerCommand = {
  name: 'SEARCH',
  state: 'selected',
  withUid: true,
  tells: 'no EXPUNGE',
  async run(session, args, byUid) {
    const { view } = session;
    args.space();
    const wanted = parseReturn(session, args);
    const { criterion, searched, withModseq } = parseSaving(view, wanted, () => parseSearch(session, args));
    args.end();
    const all = view.messages.filter((message) => !message.expunged && searched.test(message, view));
    const { messages, code } = withinLimit(session, all);
    const since = progressOf(view);
    const found = await matching(session, view, criterion, messages);
    const saved = wanted && savedBy(wanted, found);
    if (saved) view.save(saved);
    const numberOf = (message: Message) => (byUid ? message.uid : view.sequenceNumber(message));
    if (wanted)
      writeEsearch(session, wanted, { found, numberOf, scoreOf: scoresOf(criterion, view), byUid, withModseq });
    else writeFound(session, 'SEARCH', found, numberOf, withModseq);
    const context = { byUid, criterion, order: undefined, found, since };
    // What was not searched can not be followed.
    if (wanted && goesOn(wanted)) view.contexts.add(session, code === undefined ? context : undefined);
    return { text: 'SEARCH completed', code };
  },
};

export function scoresOf(criterion: Criterion, view: View): (message: Message) => number {
  return (message) => scoreOf(criterion, message, view);
}

/** A search that is refused with NO leaves nothing saved (RFC 5182 §2.1). */
export function parseSaving<T>(view: View, wanted: ReturnOption[] | undefined, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Refusal && error.status === 'NO' && wanted && savedBy(wanted, [])) view.save([]);
    throw error;
  }
}

/** mailbox-data =/ ("SEARCH" / "SORT") *(SP nz-number) [SP "(" "MODSEQ" SP mod-sequence-value ")"] (RFC 3501 §7.2.5, RFC 7162 §3.1.5) */
export function writeFound(
  session: Session,
  name: 'SEARCH' | 'SORT',
  found: Message[],
  numberOf: (message: Message) => number,
  withModseq: boolean,
): void {
  const modseq = withModseq && found.length > 0 ? [`(MODSEQ ${highestModseq(found)})`] : [];
  session.untagged([name, ...found.map(numberOf), ...modseq].join(' '));
}

/** The messages that are there when the search begins and match; one that is gone already does not. */
export async function matching(
  session: Session,
  view: View,
  criterion: Criterion,
  among: readonly Message[] = view.messages,
): Promise<Message[]> {
  const found: Message[] = [];
  const pacer = new Pacer();
  const messages = [...among];
  for (const [done, message] of messages.entries()) {
    reportProgress(session, done, messages.length);
    if (!message.expunged && criterion.test(message, view)) found.push(message);
    if (pacer.due) await pacer.turn();
  }
  return found;
}
