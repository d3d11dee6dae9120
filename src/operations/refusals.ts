import { CommandError, ImapError } from '../errors.ts';

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

export function isBad(error: unknown): boolean {
  return error instanceof CommandError && error.status === 'BAD';
}
