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
      if (!CAN_BE_ENABLED.has(name) || !session.offers(name) || session.enabled.has(name)) continue;
      session.enabled.add(name);
      enabled.push(name);
    } while (!args.atEnd);
    session.untagged(['ENABLED', ...enabled].join(' '));
    return { text: 'ENABLE completed' };
  },
};
