import { ImapError } from '../errors.ts';

/** An OK without the response that holds the answer: what the server did not tell is not made up. */
export function unanswered(command: string, response: string): ImapError {
  return new ImapError(
    'UNREADABLE',
    `${command}: the server answered OK and told nothing: there was no ${response} response`,
  );
}
