import type { Command } from '../session/command.ts';
import { ANNOTATE, writeAnnotations } from '../syntax/annotation.ts';
import { formatMessageSet, type MessageSet } from '../wire/sequence-set.ts';
import { requireSet, setBehaviour } from './message-set.ts';

/** STORE ANNOTATION, UID STORE ANNOTATION (RFC 5257 §4.5). null removes an entry. */
export function storeAnnotation(
  set: MessageSet,
  entries: Readonly<Record<string, string | Uint8Array | null>>,
): Command<void> {
  const { uid, text } = formatMessageSet(set);
  return {
    name: uid ? 'UID STORE' : 'STORE',
    needs: ANNOTATE,
    behaviour: { ...setBehaviour(uid, text), ...(uid ? {} : { keepsSequenceNumbers: true }) },
    repeat: () => (uid && text !== '$' ? storeAnnotation(set, entries) : undefined),
    write: (writer) => {
      writer.space().raw(requireSet(text)).raw(' ANNOTATION (');
      writeAnnotations(writer, entries);
      writer.raw(')');
    },
    finish: () => undefined,
  };
}
