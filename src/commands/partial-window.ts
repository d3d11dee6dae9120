import type { MailboxState } from '../session/mailbox-state.ts';
import { placesOf } from '../syntax/partial-range.ts';

/**
 * Which messages PARTIAL may leave of a set (RFC 9394 §3.3). Of the others a server can tell news meanwhile, with all that was
 * asked for where that is flags. Only the server knows which ones there are, but not more than places, and the n-th one of a
 * set is the n-th of the mailbox or comes behind it.
 */
export class PartialWindow {
  readonly #range: string;
  readonly #mailbox: MailboxState;
  /** All messages of the mailbox are meant: the n-th one is its n-th. */
  readonly #whole: boolean;
  readonly #exists: number;
  readonly #numbering: number;

  /** With the mailbox as it is when the command is sent. */
  constructor(range: string, mailbox: MailboxState, whole: boolean) {
    this.#range = range;
    this.#mailbox = mailbox;
    this.#whole = whole;
    this.#exists = mailbox.exists;
    this.#numbering = mailbox.numberings;
  }

  /** Whether a message may be in it beside so many others that are. */
  mayHold(seq: number | undefined, others: number): boolean {
    const [start, end] = placesOf(this.#range, Number.MAX_SAFE_INTEGER);
    if (others >= end - start) return false;
    const { exists, numberings } = this.#mailbox;
    if (seq === undefined || numberings !== this.#numbering) return true;
    // Those that have come meanwhile the server may have counted, or not.
    const [from] = placesOf(this.#range, this.#exists);
    const [, to] = placesOf(this.#range, exists);
    const fromLast = this.#range.startsWith('-');
    return (seq > from || (fromLast && !this.#whole)) && (seq <= to || !(fromLast || this.#whole));
  }
}
