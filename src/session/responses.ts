import { type ImapError, ProtocolError } from '../errors.ts';
import { readCapabilities } from '../syntax/capability.ts';
import { FetchReader } from '../syntax/fetch-item.ts';
import { isStatusName, readResponseText, readStatus, type StatusResponse } from '../syntax/response.ts';
import { isCode } from '../syntax/response-code.ts';
import { CLOSE_BRACKET, OPEN, OPEN_BRACKET, PLUS, STAR } from '../wire/chars.ts';
import type { Frame, FrameReceiver, LiteralSink } from '../wire/framer.ts';
import { Reader } from '../wire/reader.ts';
import { readUidSet } from '../wire/sequence-set.ts';
import type { UntaggedResponse } from './command.ts';
import type { Operation } from './operation.ts';
import type { ConnectionState } from './state.ts';

/** Whom responses concern, beside the state. */
export interface ResponseReceiver {
  /** Commands without their tagged answer, oldest first. */
  readonly inFlight: readonly Operation[];
  greeting(status: StatusResponse): void;
  /** A continuation request; false: nothing waits for it. */
  continuation(text: string): boolean;
  tagged(operation: Operation, status: StatusResponse): void;
  /** True for a tag that was given to a command, now or before. */
  wasSent(tag: string): boolean;
  bye(status: StatusResponse): void;
  alert(text: string): void;
  unknown(response: UntaggedResponse): void;
  note(text: string): void;
  log(frame: Frame): void;
  fail(error: ImapError): void;
}

/** A response that could not be read waits for the line that may complete it, up to this many characters. */
const LONGEST_JOINED = 65_536;

/**
 * Gives each response to the state, and to the command that it belongs to. One that can't be read is dropped whole and told
 * as unknown; the next one is read.
 */
export class Responses implements FrameReceiver {
  readonly #reader: Reader;
  readonly #fetchReader = new FetchReader();
  readonly #state: ConnectionState;
  readonly #receiver: ResponseReceiver;
  #greeted = false;
  #broken: Frame | undefined;

  constructor(state: ConnectionState, receiver: ResponseReceiver, depth: number) {
    this.#state = state;
    this.#receiver = receiver;
    this.#reader = new Reader(depth);
  }

  get greeted(): boolean {
    return this.#greeted;
  }

  frame(frame: Frame): void {
    this.#receiver.log(frame);
    if (!this.#greeted) return this.#greet(frame);
    const reader = this.#reader;
    reader.reset(frame);
    const first = reader.peek();
    if (first === STAR) {
      if (this.#broken !== undefined) this.#tellBroken();
      this.#untaggedOrBroken(frame);
    } else if (first === PLUS) {
      if (this.#broken !== undefined) this.#tellBroken();
      this.#continuation();
    } else {
      this.#taggedOrStray(frame);
    }
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
    const match = /^\* *(?=(OK|PREAUTH|BYE)(?:[ \r\n]|$))/i.exec(frame.line);
    if (match === null) {
      const excerpt = frame.line.substring(0, 80);
      return this.#receiver.fail(
        new ProtocolError('NOT_IMAP', 'The server did not greet as an IMAP server does', { excerpt }),
      );
    }
    this.#greeted = true;
    this.#reader.reset(frame);
    this.#reader.position += match[0].length;
    const status = readStatus(this.#reader);
    if (status.status === 'BYE') return this.#receiver.bye(status);
    this.#observeCode(status);
    this.#receiver.greeting(status);
  }

  #untaggedOrBroken(frame: Frame): void {
    const reader = this.#reader;
    reader.position++;
    reader.skipSpaces();
    try {
      this.#untagged(frame);
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== 'SYNTAX') throw error;
      this.#broken = frame.copy();
    }
  }

  #untagged(frame: Frame): void {
    const reader = this.#reader;
    // Tolerance: home.pl leaves OK out: `* [COPYUID 123456 1 2]`.
    if (reader.peek() === OPEN_BRACKET) return this.#status({ status: 'OK', ...readResponseText(reader) });
    const numbered = reader.atNumber();
    const number = numbered ? reader.number() : 0;
    if (numbered) reader.skipSpaces();
    const start = reader.position;
    if (atFetch(reader)) {
      reader.position += 5;
      return this.#fetch(number, frame);
    }
    const name = reader.name().toUpperCase();
    const behindName = reader.position;
    if (isStatusName(name)) {
      reader.position = start;
      return this.#status(readStatus(reader));
    }
    const known = this.#observe(name, number);
    if (!this.#claim(frame, name, number, behindName) && !known) this.#unknown(frame);
  }

  #fetch(seq: number, frame: Frame): void {
    const data = this.#fetchReader.read(this.#reader, seq);
    const { items } = this.#fetchReader;
    const { selected } = this.#state;
    // Tolerance: Courier `* 0 FETCH`, Exchange and GoDaddy past EXISTS: no message of this mailbox.
    if (selected === undefined || seq === 0 || seq > selected.exists) return;
    selected.observeFetch(data);
    let bytes = frame.end - frame.start;
    for (const literal of frame.literals) bytes += literal.length;
    for (const { command } of this.#receiver.inFlight) {
      if (command.fetch?.(data, items, bytes) === true) return;
      if (command.collects?.has('FETCH')) return command.collect?.(asItCame(frame));
    }
    selected.tellFlags(data);
  }

  /** What the state takes from an untagged response, whichever command it belongs to. True: the response is known. */
  #observe(name: string, number: number): boolean {
    const reader = this.#reader;
    const { selected } = this.#state;
    switch (name) {
      case 'EXISTS':
        selected?.observeExists(number);
        return true;
      case 'EXPUNGE':
      case 'EXPUNGED': // Tolerance: GNU Mailutils `* 1 EXPUNGED`.
        selected?.observeExpunge(number);
        return true;
      case 'VANISHED':
        this.#observeVanished();
        return true;
      case 'CAPABILITY':
        this.#state.setCapabilities(readCapabilities(reader));
        return true;
      case 'ENABLED':
        this.#state.enable(reader.rest().trim().toUpperCase().split(/ +/).filter(Boolean));
        return true;
      case 'FLAGS':
      case 'RECENT':
        return true;
      default:
        return false;
    }
  }

  /** expunged-resp = "VANISHED" [SP "(EARLIER)"] SP known-uids (RFC 7162 §7) */
  #observeVanished(): void {
    const reader = this.#reader;
    reader.skipSpaces();
    const earlier = reader.peek() === OPEN;
    if (earlier) reader.skipValue();
    reader.skipSpaces();
    const gone = readUidSet(reader.rest().trim());
    if (gone !== undefined) this.#state.selected?.observeVanished(gone, earlier);
  }

  #claim(frame: Frame, name: string, number: number, behindName: number): boolean {
    const reader = this.#reader;
    for (const { command } of this.#receiver.inFlight) {
      if (command.collects?.has(name)) {
        command.collect?.(asItCame(frame));
        return true;
      }
      const read = command.untagged?.[name];
      if (read === undefined) continue;
      reader.reset(frame);
      reader.position = behindName;
      if (read(reader, number) !== false) return true;
    }
    return false;
  }

  #status(status: StatusResponse): void {
    if (status.status === 'BYE') return this.#receiver.bye(status);
    const { code } = status;
    if (code === undefined) return;
    for (const { command } of this.#receiver.inFlight) if (command.code?.(code) === true) return;
    this.#observeCode(status);
  }

  #observeCode({ code, text }: StatusResponse): void {
    if (code === undefined) return;
    if (isCode(code, 'CAPABILITY')) this.#state.setCapabilities(code.capabilities ?? []);
    else if (code.name === 'ALERT') this.#receiver.alert(text);
    else this.#state.selected?.observeCode(code);
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
    const match = /^( *)(\S+) +(?:OK|NO|BAD|BYE|PREAUTH)(?= |$)/i.exec(line);
    const operation = match === null ? undefined : this.#receiver.inFlight.find(({ tag }) => tag === match[2]);
    if (match === null || operation === undefined) return this.#stray(frame, match?.[2]);
    if (this.#broken !== undefined) this.#tellBroken();
    const reader = this.#reader;
    reader.position += (match[1]?.length ?? 0) + operation.tag.length;
    reader.skipSpaces();
    const status = readStatus(reader);
    if (status.status === 'OK' && status.code !== undefined) this.#observeCode(status);
    this.#receiver.tagged(operation, status);
  }

  /** A line that is no response completes the one before it, if that could not be read; else it is passed over. */
  #stray(frame: Frame, tag: string | undefined): void {
    const line = frame.line;
    if (tag !== undefined && /^A\d+$/.test(tag)) {
      const excerpt = line.substring(0, 80);
      if (this.#receiver.wasSent(tag))
        return this.#receiver.note(`A second answer to a command was ignored: ${excerpt}`);
      return this.#receiver.fail(
        new ProtocolError('UNKNOWN_TAG', 'The server answered a command that was not sent', { excerpt }),
      );
    }
    const broken = this.#broken;
    this.#broken = undefined;
    // Tolerance: Exchange leaves "* OK" out: `[COPYUID 55 31 6]`.
    if (line.startsWith('[') && line.charCodeAt(line.length - 1) === CLOSE_BRACKET)
      return this.#status({ status: 'OK', ...readResponseText(this.#reader) });
    if (broken !== undefined && broken.lines.length + line.length < LONGEST_JOINED) return this.#join(broken, line);
    if (line.trim() !== '') this.#unknown(frame);
  }

  /** Tolerance: a line end within a quoted string (Outlook, Cyrus), or behind a literal that was counted too short. */
  #join(broken: Frame, line: string): void {
    const last = broken.pieces.length - 1;
    if (last >= 0) {
      broken.pieces[last] += line;
    } else {
      broken.text = `${broken.text}\r\n${line}`;
      broken.end = broken.text.length;
    }
    this.#reader.reset(broken);
    this.#untaggedOrBroken(broken);
  }

  /** Tells a response that could not be read, once it is sure that the next line does not complete it. */
  #tellBroken(): void {
    const broken = this.#broken;
    this.#broken = undefined;
    if (broken !== undefined) this.#unknown(broken);
  }

  #unknown(frame: Frame): void {
    this.#receiver.unknown(asItCame(frame));
  }
}

function asItCame(frame: Frame): UntaggedResponse {
  const match = /^\* *(?:(\d{1,15}) +)?([^\s[({"]*)/.exec(frame.line);
  return {
    name: (match?.[2] ?? '').toUpperCase(),
    ...(match?.[1] === undefined ? {} : { number: Number(match[1]) }),
    text: frame.lines,
    literals: frame.literals.slice(),
  };
}

function atFetch({ text, position, end }: Reader): boolean {
  if (position + 5 > end || (text.charCodeAt(position) | 32) !== 102) return false;
  return text.startsWith('FETCH', position) || text.substring(position, position + 5).toUpperCase() === 'FETCH';
}
