import type { Arguments } from './arguments.ts';
import type { LiteralAnnouncement } from './command-input.ts';
import { parseDateTime, type ZonedDate } from './dates.ts';
import { numberSet } from './format.ts';
import type { Mailbox } from './mailbox.ts';
import { canonicalFlag, contentOf, type Message, zonedDate } from './message.ts';
import type { MessageContent } from './mime/content.ts';
import { withoutBinary } from './mime/without-binary.ts';
import { requireRoom } from './quota.ts';
import { bad, no } from './refusal.ts';
import { maySet } from './rights.ts';
import type { Session } from './session.ts';

/** A message as APPEND and REPLACE bring it. */
export interface Appended {
  content: MessageContent;
  flags: string[];
  date: ZonedDate;
}

/** [flag-list SP] [date-time SP] (literal / literal8) */
export function parseMessage(session: Session, args: Arguments): Appended {
  const { flags, date } = parseOptions(args);
  const { bytes, binary } = args.literal();
  // RFC 3502 §6.3.11: so a client takes its APPEND back.
  if (bytes.length === 0) throw no('A message without a byte');
  if (!binary && bytes.includes(0)) throw bad('NUL stands in a literal8 alone');
  return {
    content: contentOf(binary ? withoutBinary(bytes) : bytes),
    flags,
    date: date ?? zonedDate(session.context.now()),
  };
}

function parseOptions(args: Arguments): { flags: string[]; date: ZonedDate | undefined } {
  let flags: string[] = [];
  let date: ZonedDate | undefined;
  if (args.peek() === '(') {
    flags = args.list(() => args.flag());
    args.space();
  }
  if (args.peek() === '"') {
    date = parseDateTime(args.quoted());
    if (!args.take(' ')) throw bad('Expected a literal');
  }
  return { flags, date };
}

/** mailbox, the one that messages are to go to. */
export function parseTarget(session: Session, args: Arguments): Mailbox {
  return session.mailbox(args.mailbox(), 'TRYCREATE', 'i');
}

/**
 * SP mailbox SP [flag-list SP] [date-time SP] literal *(…), as far as it has come, before the literal that is announced. As
 * servers do it: a message that has no place is not even sent.
 */
export function checkTarget(session: Session, args: Arguments, { size }: LiteralAnnouncement): void {
  args.space();
  // The name itself may be the literal that comes.
  if (args.atEnd) return;
  parseTarget(session, args);
  let bytes = size;
  for (let messages = 1; ; messages++) {
    args.space();
    parseOptions(args);
    requireRoom(session, { bytes, messages });
    if (args.atEnd) return;
    bytes += args.literal().bytes.length;
    if (!session.offers('MULTIAPPEND')) throw bad('One message at a time');
  }
}

/** With those of their flags that the user may set. */
export function addMessages(session: Session, mailbox: Mailbox, messages: readonly Appended[]): Message[] {
  const may = maySet(session, mailbox);
  return mailbox.append(
    messages.map((message) => ({ ...message, flags: message.flags.filter((flag) => may(canonicalFlag(flag))) })),
  );
}

/** The APPENDUID response code (RFC 4315 §3, RFC 3502). */
export function appendUid(
  session: Session,
  { uidValidity }: Mailbox,
  messages: readonly Message[],
): string | undefined {
  if (!session.offers('UIDPLUS')) return undefined;
  return `APPENDUID ${uidValidity} ${numberSet(messages.map(({ uid }) => uid))}`;
}
