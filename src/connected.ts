/**
 * What a connection needs once its socket opens. It is most of the library, so `opening.ts` has it read and compiled while the
 * network is waited for anyway, and who imports the package for a header's text or a mailbox's name never does.
 */
export { Client } from './client.ts';
export { compress } from './commands/compress.ts';
export { select } from './commands/select.ts';
export { startTls } from './commands/starttls.ts';
export { introduce } from './introduce.ts';
export { channelBindings } from './net/channel-binding.ts';
export { DeflateTransport } from './net/deflate.ts';
export { ReconnectingLink } from './reconnect.ts';
export { openingLoss } from './session/outcome.ts';
export { Session } from './session/session.ts';
export { enableWanted, learnCapabilities, signIn, unlessRefused } from './sign-in.ts';
