import { ImapError } from '../errors.ts';
import type { Command } from '../session/command.ts';

/**
 * GETJMAPACCESS (RFC 9698): where the same mail is to be had by JMAP.
 *
 *     resp-jmapaccess = "JMAPACCESS" SP quoted      (RFC 9698 §4)
 */
export function getJmapAccess(): Command<string> {
  let url: string | undefined;
  return {
    name: 'GETJMAPACCESS',
    needs: 'JMAPACCESS',
    behaviour: {},
    repeat: getJmapAccess,
    untagged: {
      JMAPACCESS: (reader) => {
        reader.skipSpaces();
        url = reader.astring();
        return true;
      },
    },
    finish: () => {
      if (url === undefined) throw new ImapError('UNREADABLE', 'GETJMAPACCESS: the server answered with no URL');
      return url;
    },
  };
}
