import { ImapError } from '../errors.ts';
import type { Command } from '../session/command.ts';

/**
 * GENURLAUTH (RFC 4467 §7): makes a URL with an authorization out of one that ends in `;URLAUTH=` and whom it is for.
 *
 *     genurlauth-data = "GENURLAUTH" 1*(SP url-full)      (RFC 4467 §9)
 */
export function genUrlAuth(url: string, mechanism: string): Command<string> {
  let authorized: string | undefined;
  return {
    name: 'GENURLAUTH',
    needs: 'URLAUTH',
    behaviour: { unmarkedAnswer: true },
    repeat: () => genUrlAuth(url, mechanism),
    write: (writer) => writer.space().string(url).space().atom(mechanism),
    untagged: {
      GENURLAUTH: (reader) => {
        reader.skipSpaces();
        authorized = reader.astring();
        return true;
      },
    },
    finish: () => {
      if (authorized === undefined) throw new ImapError('UNREADABLE', 'GENURLAUTH: the server answered with no URL');
      return authorized;
    },
  };
}
