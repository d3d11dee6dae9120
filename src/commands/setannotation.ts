import type { Command } from '../session/command.ts';
import { writeAnnotations } from '../syntax/annotation.ts';

/** SETANNOTATION (ANNOTATEMORE, draft-daboo-imap-annotatemore), in METADATA's names. */
export function setAnnotation(
  mailbox: string,
  entries: Readonly<Record<string, string | Uint8Array | null>>,
): Command<void> {
  return {
    name: 'SETANNOTATION',
    needs: 'ANNOTATEMORE',
    behaviour: {},
    write: (writer) => writeAnnotations(writer.space().listMailbox(mailbox).space(), entries),
    finish: () => undefined,
  };
}
