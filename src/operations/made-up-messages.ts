import { noop } from '../commands/noop.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { BodyStructure } from '../syntax/body-structure.ts';
import type { Envelope } from '../syntax/envelope.ts';
import type { FetchedItems, FetchItems } from '../syntax/fetch-items.ts';
import { UidSet } from '../wire/uid-set.ts';
import { searchMessages } from './search-messages.ts';

/** More than what is made up takes on the wire. */
const MADE_UP_LENGTH = 2000;
/** So many messages that look made up are kept until the end; those beyond come in their place. */
const MOST_DOUBTFUL = 1000;

/** Whether something of this kind is asked for at all. */
export function mayBeMadeUp({ envelope, internalDate, size, bodyStructure }: FetchItems): boolean {
  return Boolean(envelope || internalDate || size || bodyStructure);
}

/**
 * Tolerance: of a message that another session has expunged Dovecot tells what it has not at hand as `ENVELOPE (NIL NIL NIL
 * NIL NIL NIL NIL NIL NIL NIL)`, `INTERNALDATE "01-Jan-1970 00:00:00 +0000"`, `RFC822.SIZE 0` and `BODYSTRUCTURE ("text"
 * "plain" NIL NIL NIL "7bit" 0 0)`. A message without a header can look the same: only where the tagged OK says
 * EXPUNGEISSUED, and the message is not found any more, it was made up.
 */
export function looksMadeUp(message: { uid: number } & Partial<FetchedItems>): boolean {
  const { envelope, internalDate, size, bodyStructure } = message;
  if (holdsText(message)) return false;
  if (size === 0 || internalDate?.getTime() === 0) return true;
  return (envelope !== undefined && isVoid(envelope)) || (bodyStructure !== undefined && isBlank(bodyStructure));
}

/** Of its text nothing is made up, and nothing at hand but header fields. */
function holdsText({ source, parts, binary }: Partial<FetchedItems>): boolean {
  if (source !== undefined && source.length > 0) return true;
  for (const sections of [parts, binary]) {
    if (sections === undefined) continue;
    for (const [section, text] of sections)
      if (text !== null && text.length > 0 && !/HEADER/i.test(section)) return true;
  }
  return false;
}

function isVoid({ raw, messageId, inReplyTo, from, to, cc, bcc }: Envelope): boolean {
  if ((raw.subject ?? raw.date ?? messageId ?? inReplyTo) !== undefined) return false;
  return from.length + to.length + cc.length + bcc.length === 0;
}

function isBlank(structure: BodyStructure): boolean {
  if ('parts' in structure || structure.type !== 'text/plain' || structure.size > 0) return false;
  return Object.keys(structure.params).length === 0;
}

/**
 * Messages on their way to a loop. One that looks made up is held until the tagged OK, and what came behind it too, so that
 * all are given in the order of the server: who notes the last UID that he was given must miss none before it. Once more than
 * `limit` bytes are held, what does not look made up goes ahead.
 */
export class HeldBack<M extends { uid: number } & Partial<FetchedItems>> {
  readonly #push: (message: M, bytes: number) => void;
  readonly #limit: number;
  readonly #doubtful = new Set<M>();
  #held: [message: M, bytes: number][] = [];
  #bytes = 0;
  #full = false;

  constructor(limit: number, push: (message: M, bytes: number) => void) {
    this.#limit = limit;
    this.#push = push;
  }

  /** The UIDs of those that look made up. */
  get doubtful(): number[] {
    return Array.from(this.#doubtful, ({ uid }) => uid);
  }

  add(message: M, bytes: number): void {
    const doubted = bytes <= MADE_UP_LENGTH && this.#doubtful.size < MOST_DOUBTFUL && looksMadeUp(message);
    if (doubted) this.#doubtful.add(message);
    if (!doubted && (this.#full || this.#held.length === 0)) {
      this.#push(message, bytes);
      return;
    }
    this.#held.push([message, bytes]);
    this.#bytes += bytes;
    if (!this.#full && this.#bytes > this.#limit) this.#goAhead();
  }

  #goAhead(): void {
    this.#full = true;
    const held = this.#held;
    this.#held = [];
    for (const one of held) {
      if (this.#doubtful.has(one[0])) this.#held.push(one);
      else this.#push(...one);
    }
  }

  /** Gives what is held, but for these. */
  release(gone: UidSet): void {
    for (const [message, bytes] of this.#held) if (!gone.has(message.uid)) this.#push(message, bytes);
  }
}

/** Which of them are not there any more. Dovecot takes them out at the end of a NOOP, and a SEARCH finds them until then. */
export async function goneOf(handle: MailboxHandle, uids: number[], options: OperationOptions): Promise<UidSet> {
  await handle.run(noop(), options);
  return UidSet.from(uids).subtract(UidSet.from(await searchMessages(handle, { uid: uids }, options)));
}
