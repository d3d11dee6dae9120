import type { Message } from './message.ts';
import { no } from './refusal.ts';
import type { Session } from './session.ts';

/** MESSAGELIMIT=n, SAVELIMIT=n (RFC 9738 §3): how many messages one command works on. */
function limitOf(session: Session, names: readonly string[]): number {
  for (const offered of session.context.offered) {
    const [name = '', digits = ''] = offered.split('=');
    if (names.includes(name) && /^[1-9]\d*$/.test(digits)) return Number(digits);
  }
  return Number.POSITIVE_INFINITY;
}

/** Those of ascending messages that a command works on, the highest UIDs, and what it says where these are not all (RFC 9738 §3.1). */
export function withinLimit(session: Session, messages: Message[]): { messages: Message[]; code: string | undefined } {
  const limit = limitOf(session, ['MESSAGELIMIT']);
  if (messages.length <= limit) return { messages, code: undefined };
  const kept = messages.slice(-limit);
  return { messages: kept, code: `MESSAGELIMIT ${limit} ${kept[0]?.uid}` };
}

/** For what is done whole or not at all: COPY, APPEND, SORT, THREAD. */
export function requireWithinLimit(session: Session, count: number, names = ['MESSAGELIMIT']): void {
  const limit = limitOf(session, names);
  if (count > limit) throw no('Too many messages for one command', `MESSAGELIMIT ${limit}`);
}

/** Of commands that save messages. */
export const SAVING = ['MESSAGELIMIT', 'SAVELIMIT'];

/** One response code stands in the tagged OK: the limit's goes out in an untagged NO where there is another. */
export function oneCode(session: Session, code: string | undefined, limitCode: string | undefined): string | undefined {
  if (code === undefined || limitCode === undefined) return code ?? limitCode;
  session.untagged(`NO [${limitCode}] Not all messages were processed`);
  return code;
}
