import { parseMessageDate, type ZonedDate } from '../dates.ts';
import type { Message } from '../message.ts';

/** The sent date (RFC 5256 §2.2), ms since 1970: of the Date field, or the internal date where that cannot be read. */
export function sentDate({ content, internalDate }: Message): number {
  return parseMessageDate(content.header.get('date') ?? '')?.at ?? wholeSeconds(internalDate);
}

/** As far as a date-time tells it, ms since 1970: messages of one second keep the order of the mailbox. */
export function wholeSeconds({ at }: ZonedDate): number {
  return Math.floor(at / 1000) * 1000;
}
