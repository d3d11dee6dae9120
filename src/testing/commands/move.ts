import type { Completion, ServerCommand } from '../command.ts';
import { oneCode, withinLimit } from '../message-limit.ts';
import { parseTransfer, transfer } from './copy.ts';

/** MOVE (RFC 6851): COPYUID comes untagged, before the EXPUNGEs. */
export const move: ServerCommand = {
  name: 'MOVE',
  state: 'selected',
  capability: 'MOVE',
  withUid: true,
  tells: 'everything',
  run(session, args, byUid): Completion {
    const view = session.expungeableView;
    const { messages, target } = parseTransfer(session, view, args, byUid);
    const limited = withinLimit(session, messages);
    const code = transfer(session, limited.messages, target);
    if (code !== undefined) session.untagged(`OK [${code}] Moved`);
    view.mailbox.remove(limited.messages);
    const modseq = session.enabled.has('QRESYNC') ? `HIGHESTMODSEQ ${view.mailbox.highestModseq}` : undefined;
    return { text: 'MOVE completed', code: oneCode(session, modseq, limited.code) };
  },
};
