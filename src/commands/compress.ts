import type { Command } from '../session/command.ts';

/** COMPRESS DEFLATE (RFC 4978): behind its OK both directions are deflated. */
export function compress(): Command<void> {
  return {
    name: 'COMPRESS',
    needs: 'COMPRESS=DEFLATE',
    behaviour: { alone: true, switchesStream: true },
    write: (writer) => writer.raw(' DEFLATE'),
    finish: () => undefined,
  };
}
