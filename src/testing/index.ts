export type { ServerAccount, ServerMailbox, ServerMessage, ServerStore } from './api.ts';
export { DEFAULT_CAPABILITIES } from './capabilities.ts';
export type { ReceivedCommand, ServerLogEntry } from './context.ts';
export type { ZonedDate } from './dates.ts';
export type { DeliverOptions } from './message.ts';
export type { QuotaLimits } from './quota.ts';
export { createServer, type ImapServer, type ServerOptions } from './server.ts';
