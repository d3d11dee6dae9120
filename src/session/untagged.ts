import { ProtocolError } from '../errors.ts';
import { type FetchData, FetchItemBit } from '../syntax/fetch-item.ts';
import { FetchReader } from '../syntax/fetch-reader.ts';
import { salvageFetch } from '../syntax/fetch-salvage.ts';
import { isCode, type KnownResponseCode } from '../syntax/known-response-code.ts';
import { isStatusName, readResponseText, readStatus, type StatusResponse } from '../syntax/response.ts';
import { OPEN_BRACKET } from '../wire/chars.ts';
import type { Frame } from '../wire/frame.ts';
import { readMessageNumber } from '../wire/number.ts';
import { Reader } from '../wire/reader.ts';
import { FITS, Fit, type UntaggedResponse } from './command.ts';
import { callGuarded } from './events.ts';
import type { MailboxState } from './mailbox-state.ts';
import { observe } from './observe.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';

/** Whom untagged responses concern, beside the state. */
export interface UntaggedReceiver {
  /** Commands without their tagged answer, oldest first. */
  readonly inFlight: readonly Operation[];
  goodbye(status: StatusResponse): void;
  alert(text: string): void;
  unknown(response: UntaggedResponse): void;
}

/** What one command may gather from responses that it does not read as FETCH, in bytes. */
const MOST_HELD = 64 << 20;
/** What a response weighs beside its bytes. */
const RESPONSE_WEIGHT = 100;

/**
 * One for all sessions: of a response it keeps nothing but which items that held, and this is looked at before anybody
 * is called.
 */
const fetchReader = new FetchReader();

/** Gives each untagged response to the state, and to the command that it belongs to, else to who has subscribed to it. */
export class Untagged {
  state: ConnectionState;
  readonly #receiver: UntaggedReceiver;
  readonly #reader: Reader;

  constructor(state: ConnectionState, receiver: UntaggedReceiver, reader: Reader) {
    this.state = state;
    this.#receiver = receiver;
    this.#reader = reader;
  }

  /** A FETCH of this message, from behind its name. */
  fetch(number: number, frame: Frame): void {
    const data = fetchReader.read(this.#reader, number);
    // Tolerance: Courier `* 0 FETCH`, Exchange and GoDaddy past EXISTS: no message of this mailbox.
    if (number > 0 && number <= (this.state.told?.exists ?? 0)) this.#take(data, frame);
  }

  /** From behind the "* ". */
  read(frame: Frame): void {
    const reader = this.#reader;
    if (reader.atEnd) {
      this.#receiver.unknown(asItCame(frame));
      return;
    }
    // Tolerance: home.pl leaves OK out: `* [COPYUID 123456 1 2]`.
    if (reader.peek() === OPEN_BRACKET) {
      this.status({ status: 'OK', ...readResponseText(reader) });
      return;
    }
    const numbered = reader.atNumber();
    const number = numbered ? readMessageNumber(reader) : 0;
    if (numbered) reader.space();
    const start = reader.position;
    if (atFetch(reader)) {
      reader.position += 5;
      this.fetch(number, frame);
      return;
    }
    const name = reader.name().toUpperCase();
    const behindName = reader.position;
    if (name === 'UIDFETCH' && numbered) {
      this.#take(fetchReader.read(reader, undefined, number), frame);
      return;
    }
    if (isStatusName(name)) {
      reader.position = start;
      this.status(readStatus(reader));
      return;
    }
    const { inFlight } = this.#receiver;
    const known = observe(this.state, inFlight, name, numbered ? number : undefined, reader);
    if (!this.#claim(name, number, frame, behindName) && !known) this.#receiver.unknown(asItCame(frame));
  }

  /** What a FETCH, or a UIDFETCH (RFC 9586 §3.3), says of a message of the selected mailbox. */
  #take(data: FetchData, frame: Frame): void {
    const { items } = fetchReader;
    const { told } = this.state;
    if (told === undefined) return;
    told.observeFetch(data);
    let bytes = frame.end - frame.start;
    if (frame.literals.length > 0) for (const literal of frame.literals) bytes += literal.length;
    // By index: these loops run for every message, and V8 interprets them for the first thousands.
    const { inFlight } = this.#receiver;
    for (let best = 0; best < FITS.length; best++) {
      for (let index = 0; index < inFlight.length; index++) {
        const operation = inFlight[index];
        const command = operation?.command;
        if (command?.fetch?.(data, items, bytes, FITS[best] ?? Fit.LOOSE) === true) {
          // What others have changed Dovecot tells with the answer to the command, and only there. Tolerance: Cyrus tells it with
          // the answer to a FETCH of flags as well, by a MODSEQ that only a message has that was changed.
          const changed = (items & FetchItemBit.MODSEQ) !== 0 && best > Fit.EXACT && this.state.server === 'Cyrus';
          if (changed || operation?.behaviour.writesFlags) told.tellFlags(data);
          // What a command takes for lack of better may have been told by itself: a new message (RFC 5465 §5.2).
          if (best > Fit.EXACT) this.#tellSubscribers(told, data, items, bytes);
          return;
        }
        if (operation === undefined || command?.collects === undefined) continue;
        // A UIDFETCH is what a FETCH is under UIDONLY: either name means it.
        if (!command.collects.has('FETCH') && !(data.seq === undefined && command.collects.has('UIDFETCH'))) continue;
        weigh(operation, frame);
        command.collect?.(asItCame(frame));
        return;
      }
    }
    this.#tellSubscribers(told, data, items, bytes);
    told.tellFlags(data);
  }

  #tellSubscribers(told: MailboxState, data: FetchData, items: number, bytes: number): void {
    if (told !== this.state.selected) return;
    for (const subscriber of this.state.subscribers) subscriber.fetch?.(data, items, bytes);
  }

  /**
   * Gives a response, from behind its name on, to the first of the commands in flight that it belongs to, else to a
   * subscriber. False: it belongs to none.
   */
  #claim(name: string, number: number, frame: Frame, behindName: number): boolean {
    const reader = this.#reader;
    let declined: Operation | undefined;
    for (const operation of this.#receiver.inFlight) {
      const { command, tag } = operation;
      if (command.collects?.has(name)) {
        weigh(operation, frame);
        command.collect?.(asItCame(frame));
        return true;
      }
      const read = command.untagged?.[name];
      if (read === undefined) continue;
      reader.reset(frame);
      reader.position = behindName;
      if (read(reader, number, tag) === false) {
        declined ??= operation;
        continue;
      }
      weigh(operation, frame);
      return true;
    }
    for (const { untagged } of this.state.subscribers) {
      reader.reset(frame);
      reader.position = behindName;
      if (untagged[name] !== undefined && untagged[name](reader, number, '') !== false) return true;
    }
    // One more answer than was asked for weighs as well: it may be the first of a flood.
    if (declined !== undefined) weigh(declined, frame);
    return false;
  }

  status(status: StatusResponse): void {
    const { code } = status;
    if (status.status === 'BYE') {
      this.#receiver.goodbye(status);
      return;
    }
    if (code === undefined) return;
    for (const { command } of this.#receiver.inFlight) if (command.code?.(code) === true) return;
    for (const subscriber of this.state.subscribers) if (subscriber.code?.(code) === true) return;
    if (isCode(code, 'INPROGRESS')) this.#progress(code);
    else this.observeCode(status);
  }

  /** How far a command is that takes long (RFC 9585 §4); one without a tag is meant for the oldest. */
  #progress({ tag, done, total }: KnownResponseCode<'INPROGRESS'>): void {
    const { inFlight } = this.#receiver;
    const operation = tag === undefined ? inFlight[0] : inFlight.find((one) => one.tag === tag);
    if (operation === undefined || operation.settled || done === undefined) return;
    callGuarded(() => operation.options.progress?.(done, total));
  }

  observeCode({ code, text }: StatusResponse): void {
    if (code === undefined) return;
    if (isCode(code, 'CAPABILITY')) this.state.setCapabilities(code.capabilities ?? []);
    else if (code.name === 'ALERT') this.#receiver.alert(text);
    else this.state.observeCode(code);
  }

  /** Of a FETCH that can not be read as a whole, what can be read of it is taken. */
  salvage(frame: Frame, depth: number): void {
    const salvaged = salvageFetch(new Reader(depth), frame);
    if (salvaged === undefined || salvaged.data.seq > (this.state.told?.exists ?? 0)) return;
    fetchReader.items = salvaged.items;
    this.#take(salvaged.data, frame);
  }
}

/** A server that answers without end is stopped. */
function weigh(operation: Operation, { size }: Frame): void {
  const weight = operation.weight + RESPONSE_WEIGHT + size;
  operation.weight = weight;
  // One response may be as long as its own limits allow.
  if (weight <= MOST_HELD || weight === size + RESPONSE_WEIGHT) return;
  const { name } = operation.command;
  throw new ProtocolError('LIMIT_RESPONSES', `${name}: the server answered with more than ${MOST_HELD} bytes`);
}

/** A response for who takes it without reading it. */
export function asItCame(frame: Frame): UntaggedResponse {
  const match = /^\* *(?:(\d{1,15}) +)?([^\s[({"]*)/.exec(frame.line);
  return {
    name: (match?.[2] ?? '').toUpperCase(),
    ...(match?.[1] === undefined ? {} : { number: Number(match[1]) }),
    text: frame.lines,
    literals: frame.literals.slice(),
  };
}

function atFetch({ text, bytes, position, end }: Reader): boolean {
  if (position + 5 > end || ((bytes[position] ?? 0) | 32) !== 102) return false;
  return text.startsWith('FETCH', position) || text.substring(position, position + 5).toUpperCase() === 'FETCH';
}
