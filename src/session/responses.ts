import { type ImapError, ProtocolError, requireSyntaxError } from '../errors.ts';
import { readResponseText, readText, type StatusResponse } from '../syntax/response.ts';
import { CLOSE_BRACKET, NINE, OPEN, OPEN_BRACKET, PLUS, SPACE, STAR, ZERO } from '../wire/chars.ts';
import type { Frame } from '../wire/frame.ts';
import type { FrameReceiver, LiteralSink } from '../wire/framer.ts';
import { LARGEST_UINT32 } from '../wire/limits.ts';
import { Reader } from '../wire/reader.ts';
import { BrokenResponse } from './broken-response.ts';
import type { UntaggedResponse } from './command.ts';
import { isCompleted, readStatusOrText, withoutTabs } from './irregular.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';
import { asItCame, Untagged, type UntaggedReceiver } from './untagged.ts';

/** Whom responses concern, beside the state. */
export interface ResponseReceiver extends UntaggedReceiver {
  greeted(status: StatusResponse): void;
  /** A continuation request; false: nothing waits for it. */
  continuation(text: string): boolean;
  tagged(operation: Operation, status: StatusResponse): void;
  /** True for a tag that was given to a command, now or before. */
  wasSent(tag: string): boolean;
  note(text: string): void;
  /** A text of the server's without the secrets that it may repeat. */
  redacted(text: string): string;
  /** Somebody reads a log. */
  readonly logging: boolean;
  logFrame(frame: Frame): void;
  fail(error: ImapError): void;
}

const EXCERPT = 80;
/** Behind the tag of an answer. */
const STATUS = / +(?:OK|NO|BAD|BYE|PREAUTH)(?![\w-])/iy;

/**
 * Gives each response to the state, and to the command that it belongs to. One that can't be read is dropped whole and told
 * as unknown; the next one is read.
 */
export class Responses implements FrameReceiver {
  readonly #reader: Reader;
  readonly #depth: number;
  readonly #receiver: ResponseReceiver;
  readonly #untagged: Untagged;
  #greeted = false;
  /** Few servers send one. */
  #broken: BrokenResponse | undefined;

  constructor(state: ConnectionState, receiver: ResponseReceiver, depth: number) {
    this.#receiver = receiver;
    this.#depth = depth;
    this.#reader = new Reader(depth);
    this.#untagged = new Untagged(state, receiver, this.#reader);
  }

  /** What responses tell of from here on. */
  set state(state: ConnectionState) {
    this.#untagged.state = state;
  }

  /**
   * Nearly every response is a FETCH, to the letter, or the OK of the command that is in flight longest; all others take a
   * longer way. One function on purpose: see Reader.field.
   *
   *     message-data = nz-number SP ("EXPUNGE" / ("FETCH" SP msg-att))     (RFC 3501 §9)
   */
  frame(frame: Frame): void {
    if (this.#receiver.logging) this.#receiver.logFrame(frame);
    if (frame.bytes[frame.start] === 0) frame.passPadding();
    const reader = this.#reader;
    reader.reset(frame);
    const { text, bytes, position } = reader;
    const first = reader.peek();
    if (!this.#greeted) {
      this.#greet(frame);
    } else if (first === STAR) {
      let number = 0;
      let at = position + 2;
      for (let code = bytes[at] ?? 0; code >= ZERO && code <= NINE; code = bytes[at] ?? 0) {
        number = number * 10 + code - ZERO;
        at++;
      }
      const fetched = bytes[position + 1] === SPACE && atFetchList(bytes, at);
      if (!fetched || number === 0 || number > LARGEST_UINT32 || this.#broken !== undefined) {
        this.#tellBroken();
        this.#broken?.begin();
        this.#untaggedOrBroken(frame);
        return;
      }
      reader.position = at + 7;
      try {
        this.#untagged.fetch(number, frame);
      } catch (error) {
        requireSyntaxError(error);
        this.#keepBroken(frame);
      }
    } else if (first === PLUS) {
      this.#tellBroken();
      this.#continuation();
    } else {
      const oldest = this.#receiver.inFlight[0];
      const behindTag = position + (oldest?.tag.length ?? 0);
      if (oldest === undefined || text.substring(position, behindTag) !== oldest.tag || !atOk(bytes, behindTag)) {
        this.#taggedOrStray(frame);
        return;
      }
      this.#tellBroken();
      const next = reader.codeAt(behindTag + 4);
      if (next === OPEN_BRACKET || next === SPACE) {
        reader.position = behindTag;
        this.#tagged(oldest);
      } else {
        reader.position = behindTag + 4;
        this.#receiver.tagged(oldest, { status: 'OK', text: readText(reader) });
      }
    }
  }

  /**
   * The greeting came before TLS, where anyone can have written it: for it alone no tolerance is kept by which a name
   * could forge fields.
   */
  forgetCleartext(): void {
    this.#reader.escapedQuoteEnds = false;
  }

  /** Nothing is to be read for now: what was read need not be kept. */
  release(): void {
    this.#reader.release();
  }

  literal(frame: Frame, size: number): LiteralSink | undefined {
    for (const operation of this.#receiver.inFlight) {
      const sink = operation.command.literal?.(frame, size);
      if (sink !== undefined) return sink;
    }
    return undefined;
  }

  /** greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF (RFC 3501 §9) */
  #greet(frame: Frame): void {
    const match = /^\* *(?=(OK|PREAUTH|BYE)(?![\w-]))/i.exec(frame.line);
    if (match === null) {
      const excerpt = frame.line.substring(0, EXCERPT);
      const message = 'The server did not greet as an IMAP server does';
      this.#receiver.fail(new ProtocolError('NOT_IMAP', message, { excerpt }));
      return;
    }
    this.#greeted = true;
    this.#reader.position += match[0].length;
    const status = readStatusOrText(this.#reader);
    if (status.status === 'BYE') {
      this.#receiver.goodbye(status);
    } else {
      const { state } = this.#untagged;
      state.greeting = status.text;
      this.#reader.escapedQuoteEnds = state.introduced === 'QQ';
      this.#untagged.observeCode(status);
      this.#receiver.greeted(status);
    }
  }

  #untaggedOrBroken(frame: Frame): void {
    if (!this.#readsUntagged(frame)) this.#keepBroken(frame);
  }

  #keepBroken(frame: Frame): void {
    const broken = frame.copy();
    if (this.#readsWithoutTabs(broken)) return;
    this.#broken ??= new BrokenResponse();
    this.#broken.keep(broken);
  }

  /** From the "*" on. False: it does not fit the grammar. */
  #readsUntagged(frame: Frame): boolean {
    const reader = this.#reader;
    reader.position++;
    reader.skipSpaces();
    try {
      this.#untagged.read(frame);
      return true;
    } catch (error) {
      requireSyntaxError(error);
      return false;
    }
  }

  /** Tolerance: tabs for spaces, as K-9 Mail and MailKit take them. */
  #readsWithoutTabs(broken: Frame): boolean {
    const frame = withoutTabs(broken);
    if (frame === undefined) return false;
    this.#reader.reset(frame);
    return this.#readsUntagged(frame);
  }

  /** continue-req = "+" SP (resp-text / base64) CRLF (RFC 3501 §9). Tolerance: a bare "+" (public-inbox). */
  #continuation(): void {
    const reader = this.#reader;
    reader.position++;
    reader.skipSpaces();
    // Exchange sends one that nothing waits for. Nothing is ever sent for it.
    if (!this.#receiver.continuation(reader.rest()))
      this.#receiver.note('A continuation request that no command waits for was ignored');
  }

  #taggedOrStray(frame: Frame): void {
    const line = frame.line;
    const start = line.search(/[^ ]|$/);
    const space = line.indexOf(' ', start);
    const tag = line.substring(start, space < 0 ? line.length : space);
    STATUS.lastIndex = start + tag.length;
    const status = STATUS.test(line);
    const operation = operationOf(tag, this.#receiver.inFlight);
    if (operation === undefined) {
      if (!this.#tagless(line)) this.#stray(frame, status ? tag : '');
    } else if (status) {
      this.#tellBroken();
      this.#reader.position += start + tag.length;
      this.#tagged(operation);
    } else if (this.#broken?.waits) {
      this.#stray(frame, '');
    } else if (!changesTrust(operation) && isCompleted(line, operation.command.name)) {
      this.#receiver.tagged(operation, { status: 'OK', text: line.substring(start + tag.length).trim() });
    } else {
      // Neither OK nor NO nor BAD: `A1 ERROR COMMAND errored` (K-9 Mail). It is answered, and not with OK.
      this.#receiver.tagged(operation, { status: 'BAD', text: line.substring(start + tag.length).trim() });
    }
  }

  /** Tolerance: an answer to the only command under way that has lost its tag: ` OK IDLE completed.` (emailjs #77). */
  #tagless(line: string): boolean {
    const [operation, ...others] = this.#receiver.inFlight;
    if (operation === undefined || others.length > 0 || !operation.complete || this.#broken?.waits) return false;
    if (operation.behaviour.endedBy !== undefined && !operation.ended) return false;
    if (changesTrust(operation) || !/^ +(?:OK|NO|BAD) /i.test(line)) return false;
    this.#tagged(operation);
    return true;
  }

  #tagged(operation: Operation): void {
    this.#reader.skipSpaces();
    const status = readStatusOrText(this.#reader);
    // What an alert says is told behind the answer.
    if (status.status === 'OK' && status.code?.name !== 'ALERT') this.#untagged.observeCode(status);
    this.#receiver.tagged(operation, status);
  }

  /** A line that is no response completes the one before it, if that could not be read; else it is passed over. */
  #stray(frame: Frame, tag: string): void {
    const line = frame.line;
    if (/^A\d+$/.test(tag)) {
      this.#answerToNone(tag, line);
    } else if (line.startsWith('[') && line.charCodeAt(line.length - 1) === CLOSE_BRACKET) {
      // Tolerance: Exchange leaves "* OK" out: `[COPYUID 55 31 6]`.
      this.#tellBroken();
      this.#untagged.status({ status: 'OK', ...readResponseText(this.#reader) });
    } else if (!this.#join(line)) {
      this.#tellBroken();
      if (line.trim() !== '') this.#unknown(frame);
    }
  }

  #answerToNone(tag: string, line: string): void {
    const excerpt = this.#excerpt(line);
    if (this.#receiver.wasSent(tag)) {
      this.#receiver.note(`A second answer to a command was ignored: ${excerpt}`);
    } else {
      const message = 'The server answered a command that was not sent';
      this.#receiver.fail(new ProtocolError('UNKNOWN_TAG', message, { excerpt }));
    }
  }

  #join(line: string): boolean {
    const joined = this.#broken?.join(line);
    if (joined === undefined) return false;
    this.#reader.joined(joined);
    this.#untaggedOrBroken(joined);
    return true;
  }

  /** Tells a response that could not be read, once it is sure that the next line does not complete it. */
  #tellBroken(): void {
    const broken = this.#broken?.give();
    if (broken === undefined) return;
    this.#untagged.salvage(broken, this.#depth);
    const response = asItCame(broken);
    this.#spoilAnswer(response);
    this.#receiver.unknown(response);
  }

  /** What the response says is missing from the answer to a command: the one that it names, else the first that it may belong to. */
  #spoilAnswer({ name, text }: UntaggedResponse): void {
    const owners = this.#receiver.inFlight.filter(({ command }) => command.untagged?.[name] !== undefined);
    const owner = owners.find(({ tag }) => text.includes(`"${tag}"`)) ?? owners[0];
    if (owner !== undefined) owner.unreadable = true;
  }

  #excerpt(line: string): string {
    return this.#receiver.redacted(line).substring(0, EXCERPT);
  }

  #unknown(frame: Frame): void {
    this.#receiver.unknown(asItCame(frame));
  }
}

/**
 * ` FETCH (`. Byte by byte: V8 compiles text.startsWith() into a loop that asks for each character anew how its text is kept,
 * which took a tenth of the time that the flags of 100,000 messages take.
 */
function atFetchList(bytes: Uint8Array, at: number): boolean {
  // F E T C H
  const named = bytes[at + 1] === 70 && bytes[at + 2] === 69 && bytes[at + 3] === 84 && bytes[at + 4] === 67;
  const ended = bytes[at + 5] === 72 && bytes[at + 6] === SPACE && bytes[at + 7] === OPEN;
  return named && ended && bytes[at] === SPACE;
}

/** ` OK `, as above. */
function atOk(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === SPACE && bytes[at + 1] === 79 && bytes[at + 2] === 75 && bytes[at + 3] === SPACE;
}

/** LOGIN, AUTHENTICATE, STARTTLS and their like are done by a proper tagged OK, and nothing else. */
function changesTrust({ command, behaviour }: Operation): boolean {
  return command.secrets !== undefined || behaviour.switchesStream === true;
}

/** Nearly always the oldest. */
function operationOf(tag: string, inFlight: readonly Operation[]): Operation | undefined {
  return inFlight[0]?.tag === tag ? inFlight[0] : inFlight.find((one) => one.tag === tag);
}
