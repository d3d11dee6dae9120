import type { ResponseCode } from '../errors.ts';
import type { Capabilities } from '../syntax/capability.ts';
import type { FetchData } from '../syntax/fetch-item.ts';
import type { StatusResponse } from '../syntax/response.ts';
import type { Frame } from '../wire/frame.ts';
import type { LiteralSink } from '../wire/framer.ts';
import type { Reader } from '../wire/reader.ts';
import type { Writer } from '../wire/writer.ts';
import type { Joining } from './joined.ts';
import type { Behaviour } from './pipeline.ts';

/** An untagged response as it came. */
export interface UntaggedResponse {
  /** Upper case. */
  name: string;
  number?: number;
  /** The response without its literals' bytes, latin1. */
  text: string;
  literals: Buffer[];
}

/**
 * Reads an untagged response from behind its name; `number` is the one before the name, or 0; `tag` is the command's own,
 * for responses that name the command they answer. false: it is not this command's.
 */
export type UntaggedReader = (reader: Reader, number: number, tag: string) => boolean | undefined;

/** Who takes what the server tells unasked, where no command claims it. */
export interface Subscriber {
  /** By upper-case name. */
  readonly untagged: Readonly<Record<string, UntaggedReader>>;
  /** A response code of an untagged OK or NO. true: it is this one's. */
  code?(code: ResponseCode): boolean;
  fetch?(data: FetchData, items: number, bytes: number): void;
}

/** How well FETCH data, which do not say which command they answer, have to fit one that takes them: they are offered thus in turn. */
export const Fit = {
  /** All that it asked for, and nothing else. */
  EXACT: 0,
  /** Something that it asked for and has not got. */
  PART: 1,
  /** What may be meant for it. */
  LOOSE: 2,
} as const;
export type Fit = (typeof Fit)[keyof typeof Fit];
/** The best first. */
export const FITS: readonly Fit[] = [Fit.EXACT, Fit.PART, Fit.LOOSE];

/**
 * A command: what it writes, which untagged responses belong to it, how it behaves beside others, and what it makes of the
 * tagged answer. Session and pipeline know nothing else about it.
 */
export interface Command<Result> {
  /** As written and as errors name it, e.g. 'UID FETCH'. */
  readonly name: string;
  /** The name of the mailbox that it is about: its error tells it where the server's text does not. */
  readonly about?: string;
  /** A capability, or several: checked before a byte is sent. */
  readonly needs?: string | readonly string[] | undefined;
  /** What may be in flight beside it. */
  readonly behaviour: Behaviour;
  /** Texts that must not appear in a log or an error, as they are or in base64. */
  readonly secrets?: readonly string[];
  /** It has nothing to send, or no more when its turn comes: it is done as soon as its mailbox is selected. */
  readonly unsent?: boolean;
  /** How those that were called for directly behind it can be sent with it. */
  readonly joining?: Joining | undefined;
  /** Writes the arguments, with the space before them. */
  write?(writer: Writer): void;
  /** What an ENABLED response may say is enabled while it is in flight, in upper case. */
  readonly enables?: ReadonlySet<string>;
  /** By upper-case name. */
  readonly untagged?: Readonly<Record<string, UntaggedReader>> | undefined;
  /** What of its answer can not be read is left out: each response tells something by itself. Else the command fails then. */
  readonly leavesOut?: boolean;
  /** A response code of an untagged OK (RFC 6851 §4.3: MOVE's COPYUID). true: it is this command's. */
  code?(code: ResponseCode): boolean;
  /**
   * FETCH data, after the state has observed it; `items` are the FetchItemBits that it holds. true: it is this command's. The
   * commands in flight are asked one after the other for each Fit in turn.
   */
  fetch?(data: FetchData, items: number, bytes: number, fit: Fit): boolean;
  /** Names of untagged responses that it takes as they came, in upper case. */
  readonly collects?: ReadonlySet<string>;
  collect?(response: UntaggedResponse): void;
  /** Its first byte goes out. */
  started?(): void;
  /** A literal of an untagged FETCH begins behind the frame so far: a sink streams it past the memory. */
  literal?(frame: Frame, size: number): LiteralSink | undefined;
  /** A continuation request that no literal waits for: the line to answer with, without CRLF; nothing where none is owed. */
  continuation?(text: string): string | undefined | Promise<string | undefined>;
  /** It lasts until it is ended, and now this side ends it. */
  ending?(): void;
  /** The tagged OK. */
  finish(tagged: StatusResponse): Result;
  /** A tagged NO that answers it as an OK would: finish() takes it. */
  answers?(tagged: StatusResponse): boolean;
  /** The tagged NO or BAD, where it means more than a CommandError. */
  refused?(tagged: StatusResponse): unknown;
  /**
   * Where the connection was lost before the answer: the command that does the rest. Only what is safe to execute twice has
   * it; undefined where it is so no more.
   */
  repeat?(): Command<Result> | undefined;
  /** Something of its result was delivered already: a command that gets on is repeated as long as it does. */
  delivered?(): boolean;
  /** It ends with no answer to be used: refused, aborted, timed out, or the connection is gone. */
  abandoned?(error: unknown): void;
  /** None of it was sent, nor will be: a stream of the caller's is let go of. */
  discard?(): void;
}

/** The command with other parts. What it is made of may stand in its class, where a copy does not find it. */
export function withParts<Result>(command: Command<unknown>, parts: Partial<Command<Result>>): Command<Result> {
  return Object.create(command, Object.getOwnPropertyDescriptors(parts));
}

/** The first capability that a command needs and the server does not offer. */
export function missingCapability(
  { needs }: Pick<Command<unknown>, 'needs'>,
  capabilities: Capabilities,
): string | undefined {
  if (needs === undefined) return undefined;
  return (typeof needs === 'string' ? [needs] : needs).find((name) => !capabilities.has(name));
}
