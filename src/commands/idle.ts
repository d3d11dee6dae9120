import type { Command } from '../session/command.ts';

/**
 * IDLE (RFC 2177): lasts until another operation wants the connection, or its signal aborts; false where the server ended
 * it. `begun`: the server idles.
 */
export function idle(begun: () => void): Command<boolean> {
  let endedHere = false;
  return {
    name: 'IDLE',
    needs: 'IDLE',
    behaviour: { mailbox: true, alone: true, endedBy: 'DONE' },
    repeat: () => idle(begun),
    ending: () => {
      endedHere = true;
    },
    continuation: () => {
      begun();
      return undefined;
    },
    finish: () => endedHere,
  };
}
