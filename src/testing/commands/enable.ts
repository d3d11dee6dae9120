import type { ServerCommand } from '../command.ts';

/** What may be enabled; whether it is offered is another question. */
const CAN_BE_ENABLED = new Set(['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT', 'IMAP4REV2', 'UIDONLY']);

/** ENABLE (RFC 5161) */
export const enable: ServerCommand = {
  name: 'ENABLE',
  state: 'authenticated',
  capability: 'ENABLE',
  run(session, args) {
    const enabled: string[] = [];
    do {
      args.space();
      const name = args.word();
      // What is on already is named too, as by Dovecot and Cyrus.
      if (CAN_BE_ENABLED.has(name) && session.offers(name) && !enabled.includes(name)) enabled.push(name);
    } while (!args.atEnd);
    session.untagged(['ENABLED', ...enabled].join(' '));
    // QRESYNC enables CONDSTORE too (RFC 7162 §3.2.3).
    if (enabled.includes('CONDSTORE') || enabled.includes('QRESYNC')) session.useModseqs();
    for (const name of enabled) session.enabled.add(name);
    return { text: 'ENABLE completed' };
  },
};
