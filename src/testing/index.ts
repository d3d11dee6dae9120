export type { ServerLogEntry } from './context.ts';
export type { ZonedDate } from './dates.ts';
export type { Mailbox } from './mailbox.ts';
export type { DeliverOptions, Message } from './message.ts';
export { createServer, type ImapServer, type ServerOptions } from './server.ts';
export type { Account, Store } from './store.ts';
