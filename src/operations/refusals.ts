import { AuthenticationError, CommandError, ImapError } from '../errors.ts';
import type { ConnectionState } from '../session/state.ts';

/** An answer that can be done without: undefined where the server refuses it, or it can not be read. */
export async function toldUnlessRefused<Result>(
  answer: Promise<Result>,
  refused?: (error: unknown) => void,
): Promise<Result | undefined> {
  return answer.catch((error) => {
    if (!(error instanceof CommandError || (error instanceof ImapError && error.code === 'UNREADABLE'))) throw error;
    refused?.(error);
    return undefined;
  });
}

/** Undefined where the server does not take the command. */
export function unlessBad<Result>(answer: Promise<Result>): Promise<Result | undefined> {
  return answer.catch((error) => {
    if (isBad(error)) return undefined;
    throw error;
  });
}

/** Whoever is not let in is told so by every command (AuthenticationError): nothing is wrong with this one. */
export function isBad(error: unknown): error is CommandError {
  return error instanceof CommandError && error.status === 'BAD' && !(error instanceof AuthenticationError);
}

/**
 * Of a command with arguments BAD alone may mean these, or be Courier's only text for all mistakes. `Unknown command` (Dovecot),
 * `Unrecognized command` (Cyrus), `Invalid command` (Mailutils), `Command unrecognized` (UW), `Command Error. 12` (Exchange).
 */
const UNKNOWN =
  /\b(?:unknown|unrecogni[sz]ed|unsupported|invalid)(?: uid)? (?:sub)?command\b(?! (?:arg|param|syntax))|\bcommand (?:is )?(?:unknown|unrecogni[sz]ed|unsupported|not (?:recogni[sz]ed|supported|implemented))\b|^Command Error\. 12$/i;

/** The server says of this command that it has no such one. */
export function isUnknown(error: unknown, command: RegExp): error is CommandError {
  return isBad(error) && command.test(error.command) && UNKNOWN.test(error.text);
}

/**
 * Does what an extension is used for where it is offered, and does it once more without, where the server by this refusal has
 * no more of it than its name: a proxy offers what the server behind it has, or a server what it is still to learn.
 */
export async function unlessLacking<Result>(
  connection: ConnectionState,
  names: readonly string[],
  isLack: (error: unknown) => boolean,
  work: () => Promise<Result>,
): Promise<Result> {
  const { names: offered } = connection.capabilities;
  let before: Iterable<string>;
  try {
    return await work();
  } catch (error) {
    before = connection.capabilities.names;
    const used = names.some((name) => offered.has(name));
    if (!used || !isLack(error) || !connection.lack(names)) throw error;
  }
  try {
    return await work();
  } catch (error) {
    // What it does not take is something else.
    if (isLack(error)) connection.setCapabilities([...before]);
    throw error;
  }
}
