// The replay server: a process that answers from prepared bytes, so that the client is what is measured.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { Link } from './link.mjs';
import { Session } from './session.mjs';
import { Store } from './store.mjs';

/**
 * @typedef {import('./store.mjs').StoreConfig & { rtt?: number, tls?: boolean, compress?: boolean, announce?: 'unasked' | 'asked' }} ServerConfig
 *   rtt: ms of a round trip; tls: from the first byte; compress: COMPRESS=DEFLATE is offered
 */

const CAPABILITIES =
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ NAMESPACE UNSELECT UIDPLUS CHILDREN SPECIAL-USE AUTH=PLAIN AUTH=LOGIN';

/** @type {ServerConfig} */
const config = JSON.parse(process.argv[2] ?? '{}');
const announced = {
  capabilities: config.compress ? `${CAPABILITIES} COMPRESS=DEFLATE` : CAPABILITIES,
  announce: config.announce ?? 'unasked',
  rtt: config.rtt ?? 0,
};
const counters = { commands: 0, idle: 0, connections: 0, resumed: 0, appended: 0, turns: 0 };
const store = new Store(config);
const secureContext = config.tls
  ? createSecureContext({
      key: readFileSync(new URL('../tls/key.pem', import.meta.url)),
      cert: readFileSync(new URL('../tls/cert.pem', import.meta.url)),
    })
  : undefined;

/** @param {import('node:stream').Duplex} stream */
function serve(stream) {
  if (!secureContext) {
    new Session(stream, store, announced, counters);
    return;
  }
  const secured = new TLSSocket(/** @type {import('node:net').Socket} */ (stream), { isServer: true, secureContext });
  secured.on('error', () => stream.destroy());
  secured.once('secure', () => {
    if (secured.isSessionReused()) counters.resumed++;
    new Session(secured, store, announced, counters);
  });
}

const server = createServer({ noDelay: true }, (socket) => {
  counters.connections++;
  if (config.rtt) new Link(socket, config.rtt, serve);
  else serve(socket);
});
server.listen({ port: 0, host: '127.0.0.1', backlog: 2000 }, () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'object' ? address?.port : undefined });
});
process.on('disconnect', () => process.exit());
