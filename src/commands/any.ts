import { naming, type ResponseCode, shown, UsageError } from '../errors.ts';
import type { Command, UntaggedResponse } from '../session/command.ts';
import { MailboxState } from '../session/mailbox-state.ts';
import type { ConnectionState } from '../session/state.ts';
import { isAtom } from '../wire/chars.ts';
import { formatInternalDate } from '../wire/date-time.ts';
import type { MessageSet } from '../wire/sequence-set.ts';
import type { Writer } from '../wire/writer.ts';
import { secretsIn } from './authenticate.ts';
import { capabilitiesChange } from './capability.ts';
import { close } from './close.ts';
import { select } from './select.ts';

/**
 * An argument of any command: a string is sent as a string, a number as a number, a Date as date-time, bytes as a literal,
 * an array as a parenthesized list. `atom` takes what stands where an atom does, too: `\Seen`,
 * `BODY.PEEK[HEADER.FIELDS (SUBJECT)]`.
 */
export type CommandArg =
  | string
  | number
  | Date
  | Uint8Array
  | { atom: string }
  | { mailbox: string }
  | { set: MessageSet }
  | readonly CommandArg[];

/** An argument, built up by a program: its lists can be changed. `command` takes lists `as const`, too. */
export type OwnCommandArg = Exclude<CommandArg, readonly CommandArg[]> | OwnCommandArg[];

export interface AnyResult {
  text: string;
  code?: ResponseCode;
  untagged: UntaggedResponse[];
}

interface AnyOptions {
  /** The names of responses that the result takes. */
  untagged: readonly string[];
  inMailbox: boolean;
}

/** Deeper than any command that there is. */
const MAX_DEPTH = 100;

/** Commands that change the connection or its user so that the client has to know, and what does the same. */
const CHANGES_CONNECTION: ReadonlyMap<string, string> = new Map([
  ['IDLE', 'mailbox.watch'],
  ['STARTTLS', "connect({ security: 'starttls' })"],
  ['COMPRESS', 'connect({ compress: true })'],
  ['UNAUTHENTICATE', 'client.unauthenticate'],
  ['X-UNAUTHENTICATE', 'client.unauthenticate'],
  ['PROXYAUTH', 'client.proxyAuth'],
]);

/** Any command of any extension, with the untagged responses that its caller names. */
export function any(
  name: string,
  args: readonly CommandArg[],
  { untagged, inMailbox }: AnyOptions,
  connection: ConnectionState,
): Command<AnyResult> {
  if (!Array.isArray(args)) throw new UsageError('command: the arguments come in an array');
  if (!Array.isArray(untagged) || untagged.some((one) => typeof one !== 'string'))
    throw new UsageError('command: the names of untagged responses come in an array');
  const collected: UntaggedResponse[] = [];
  const ownName = commandName(name);
  naming(ownName, () => requireDepth(args, 0));
  const instead = CHANGES_CONNECTION.get(ownName);
  if (instead !== undefined) throw new UsageError(`command: ${ownName} is done by ${instead}`);
  if (ownName === 'LOGIN' && connection.capabilities.has('LOGINDISABLED'))
    throw new UsageError('LOGIN: the server has disabled it', 'NO_MECHANISM');
  const signsIn = /^(?:LOGIN|AUTHENTICATE)(?: |$)/.test(ownName);
  const secrets = signsIn ? secretsOf(ownName, args) : [];
  const effect = signsIn ? signingIn(connection) : selectionBy(ownName, args, connection);
  return {
    name: ownName,
    ...(secrets.length > 0 ? { secrets } : {}),
    // What an unknown command does is not known either: nothing runs beside it.
    behaviour: { alone: true, ...(inMailbox ? { mailbox: true, savesResult: 'perhaps' } : {}) },
    started: () => effect?.started?.(),
    abandoned: (error) => effect?.abandoned?.(error),
    // No argument of a command is left to answer with: an exchange is cancelled (RFC 3501 §6.2.2).
    ...(signsIn ? { continuation: () => '*' } : {}),
    write: (writer) => {
      for (const arg of args) {
        writer.space();
        writeArgument(writer, arg);
      }
    },
    ...(ownName === 'ENABLE' ? { enables: new Set(args.flatMap(textsOf).map((word) => word.toUpperCase())) } : {}),
    collects: new Set(untagged.map((one) => one.toUpperCase())),
    collect: (response) => collected.push(response),
    finish: (tagged) => {
      effect?.finish(tagged);
      const { text, code } = tagged;
      return { text, ...(code === undefined ? {} : { code }), untagged: collected };
    },
  };
}

/** What a command does to the connection. */
type Effect = Pick<Command<void>, 'started' | 'abandoned' | 'finish'>;

function signingIn(connection: ConnectionState): Effect {
  return capabilitiesChange(connection, () => {
    connection.authenticated = true;
  });
}

/**
 * What the command does to the selected mailbox. A mailbox that it selects belongs to no handle: each handle has its
 * own selected again.
 */
function selectionBy(
  name: string,
  [mailbox = '']: readonly CommandArg[],
  connection: ConnectionState,
): Effect | undefined {
  if (name === 'CLOSE' || name === 'UNSELECT') return close(connection);
  if (name !== 'SELECT' && name !== 'EXAMINE') return undefined;
  const isName =
    typeof mailbox === 'object' && mailbox !== null && 'mailbox' in mailbox && mailbox.mailbox !== undefined;
  const selected = isName ? mailbox.mailbox : textsOf(mailbox).join('');
  return select(new MailboxState(selected, name === 'EXAMINE'), connection);
}

function commandName(name: string): string {
  const words = typeof name === 'string' ? name.split(' ') : [];
  if (words.length === 0 || words.length > 2 || !words.every(isAtom))
    throw new UsageError(`command: not the name of one: ${shown(name)}`);
  return name.toUpperCase();
}

/**
 * The secrets of LOGIN or AUTHENTICATE as a command of the caller's own: all of the arguments but the user, or the
 * mechanism.
 */
function secretsOf(name: string, args: readonly CommandArg[]): string[] {
  const texts = (name.includes(' ') ? args : args.slice(1)).flatMap(textsOf);
  return name.startsWith('AUTHENTICATE')
    ? [...texts, ...texts.flatMap((text) => secretsIn(Buffer.from(text, 'base64')))]
    : texts;
}

function requireDepth(arg: CommandArg, depth: number): void {
  if (!Array.isArray(arg)) return;
  if (depth > MAX_DEPTH) throw new UsageError(`an argument nested deeper than ${MAX_DEPTH}`);
  for (const inner of arg) requireDepth(inner, depth + 1);
}

/** The texts in an argument. */
function textsOf(arg: CommandArg): string[] {
  if (typeof arg === 'string') return [arg];
  if (Array.isArray(arg)) return arg.flatMap(textsOf);
  if (arg instanceof Uint8Array) return [Buffer.from(arg).toString('utf8')];
  return typeof arg === 'object' && arg !== null && 'atom' in arg && typeof arg.atom === 'string' ? [arg.atom] : [];
}

/** An atom, a flag or a section (RFC 3501 §9): a bracket ends nothing in a command, and names of fields stand within it. */
function wordOf(text: string): string {
  const bare = typeof text === 'string' ? text.replace(/^\\/, '').replace(/\[[\w.-]+ \([\w -]+\)\]/, '[') : '';
  if (!isAtom(bare.replaceAll(']', ''))) throw new UsageError(`not an atom: ${shown(text)}`);
  return text;
}

function writeArgument(writer: Writer, arg: CommandArg): void {
  if (typeof arg === 'string') writer.string(arg);
  else if (typeof arg === 'number') writer.number(arg);
  else if (arg instanceof Date) writer.quoted(formatInternalDate(arg));
  else if (arg instanceof Uint8Array) writer.literal(arg);
  else if (Array.isArray(arg)) writer.list(arg, (item) => writeArgument(writer, item));
  else if (typeof arg !== 'object' || arg === null) throw new UsageError(`not an argument of a command: ${shown(arg)}`);
  else if ('atom' in arg && arg.atom !== undefined) writer.raw(wordOf(arg.atom));
  else if ('mailbox' in arg && arg.mailbox !== undefined) writer.mailbox(arg.mailbox);
  else if ('set' in arg && arg.set !== undefined) writer.set(arg.set);
  else throw new UsageError('not an argument of a command: an object is { atom }, { mailbox } or { set }');
}
