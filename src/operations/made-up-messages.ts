import { noop } from '../commands/noop.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import type { OperationOptions } from '../session/operation.ts';
import type { ConnectionState } from '../session/state.ts';
import type { BodyStructure } from '../syntax/body-structure.ts';
import type { Envelope } from '../syntax/envelope.ts';
import type { FetchedItems, FetchItems } from '../syntax/fetch-items.ts';
import { UidSet } from '../wire/uid-set.ts';
import { searchMessages } from './search-messages.ts';

/** More than what is made up takes on the wire. */
const MADE_UP_LENGTH = 2000;
/** So many messages that look made up are kept until the end; those beyond come in their place. */
const MOST_DOUBTFUL = 1000;

type Server = Pick<ConnectionState, 'server'>;

/** What Courier gives for a message that another session has expunged, with an OK that says nothing of it. */
const UNAVAILABLE =
  'From: System Administrator <root@localhost>\r\nSubject: message unavailable\r\n\r\n' +
  'This message is no longer available on the server.\r\n';
const UNAVAILABLE_TEXT = UNAVAILABLE.length - UNAVAILABLE.indexOf('This');

/** Whether something of this kind is asked for at all. */
export function mayBeMadeUp(items: FetchItems, { server }: Server): boolean {
  const { envelope, internalDate, size, bodyStructure, headers, source, parts, binary } = items;
  if (server === 'Courier' && (headers || source || parts || binary)) return true;
  return Boolean(envelope || internalDate || size || bodyStructure);
}

/** Whether what looks made up is to be looked for again: `expunged`, the server says that some of the messages are gone. */
export function mayBeGone(expunged: boolean | undefined, { server }: Server): boolean {
  return expunged === true || server === 'Courier';
}

/**
 * Tolerance: of a message that another session has expunged Dovecot tells what it has not at hand as `ENVELOPE (NIL NIL NIL
 * NIL NIL NIL NIL NIL NIL NIL)`, `INTERNALDATE "01-Jan-1970 00:00:00 +0000"`, `RFC822.SIZE 0` and `BODYSTRUCTURE ("text"
 * "plain" NIL NIL NIL "7bit" 0 0)`. A message without a header can look the same: only where the tagged OK says
 * EXPUNGEISSUED, and the message is not found any more, it was made up.
 */
export function looksMadeUp(message: { uid: number } & Partial<FetchedItems>, { server }: Server): boolean {
  const { envelope, internalDate, size, bodyStructure } = message;
  if (server === 'Courier' && isUnavailable(message)) return true;
  if (holdsText(message)) return false;
  if (size === 0 || internalDate?.getTime() === 0) return true;
  return (envelope !== undefined && isVoid(envelope)) || (bodyStructure !== undefined && isBlank(bodyStructure));
}

/** Tolerance: Courier, of whose text all is made up. A message that happens to look so is found again. */
function isUnavailable(message: Partial<FetchedItems>): boolean {
  const { envelope, size, bodyStructure, headers, source, parts = [], binary = [] } = message;
  if (size === UNAVAILABLE.length || envelope?.subject === 'message unavailable') return true;
  if (bodyStructure !== undefined && 'size' in bodyStructure && bodyStructure.size === UNAVAILABLE_TEXT) return true;
  // HEADER.FIELDS has an empty line at its end, whatever follows in the message.
  if (isOfUnavailable(headers?.raw.subarray(0, -2)) || isOfUnavailable(source)) return true;
  for (const sections of [parts, binary]) for (const [, text] of sections) if (isOfUnavailable(text)) return true;
  return false;
}

function isOfUnavailable(bytes: Buffer | null | undefined): boolean {
  if (!bytes || bytes.length === 0 || bytes.length > UNAVAILABLE.length) return false;
  return UNAVAILABLE.includes(bytes.toString('latin1'));
}

/** A section on its way: held as long as it can be of a message that Courier makes up. */
export class MadeUpText {
  readonly #isCourier: boolean;
  #chunks: Buffer[] | undefined;

  constructor({ server }: Server) {
    this.#isCourier = server === 'Courier';
  }

  fits(size: number): boolean {
    if (this.#isCourier && size > 0 && size <= UNAVAILABLE.length) this.#chunks = [];
    return this.#chunks !== undefined;
  }

  add(bytes: Buffer): void {
    this.#chunks?.push(bytes);
  }

  /** Once all has come: whether it is made up, perhaps. */
  get whole(): boolean {
    return this.#chunks !== undefined && isOfUnavailable(Buffer.concat(this.#chunks));
  }
}

/**
 * True of a message with text. Dovecot makes up none, and has none at hand of a message that is gone, but for header
 * fields.
 */
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
  readonly #limit: number;
  readonly #server: Server;
  readonly #push: (message: M, bytes: number) => void;
  readonly #doubtful = new Set<M>();
  #held: [message: M, bytes: number][] = [];
  #bytes = 0;
  #full = false;

  constructor(limit: number, server: Server, push: (message: M, bytes: number) => void) {
    this.#limit = limit;
    this.#server = server;
    this.#push = push;
  }

  /** The UIDs of those that look made up. */
  get doubtful(): number[] {
    return Array.from(this.#doubtful, ({ uid }) => uid);
  }

  add(message: M, bytes: number): void {
    const room = this.#doubtful.size < MOST_DOUBTFUL;
    const doubted = room && bytes <= MADE_UP_LENGTH && looksMadeUp(message, this.#server);
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

/**
 * Which of them are not there any more. Dovecot and Courier take them out at the end of a NOOP, and a SEARCH finds them until
 * then.
 */
export async function goneOf(handle: MailboxHandle, uids: number[], options: OperationOptions): Promise<UidSet> {
  await handle.run(noop(), options);
  return UidSet.from(uids).subtract(UidSet.from(await searchMessages(handle, { uid: uids }, options)));
}
