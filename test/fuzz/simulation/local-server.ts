/** The testing server, reached within the process: nothing depends on the system's sockets. */
import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Connection } from '../../../src/testing/connection.ts';
import type { ServerOptions, ServerStore } from '../../../src/testing/index.ts';
import { createContext } from '../../../src/testing/server.ts';
import type { Random } from '../../unit/wire/random.ts';
import { CERTIFICATE } from './certificate.ts';
import { deflating } from './inflating.ts';
import { connection } from './pieces.ts';

/** INTERNALDATE, and the first UIDVALIDITY. */
const NOW = new Date('2026-01-02T03:04:05Z');

/** A ticket that holds all of a session has now and then a byte less than others; one that only names it has not. */
const TLS = { ...CERTIFICATE, secureOptions: constants.SSL_OP_NO_TICKET };

/** How a client secures its connection, as connect() takes it. */
export type Security = 'none' | 'tls' | 'starttls';

/** What it sends is smaller in fact, once it is to be compressed. */
class LocalConnection extends Connection {
  override compress(): void {
    super.compress();
    this.output.encodeWith(deflating());
  }
}

export class LocalServer {
  readonly store: ServerStore;
  /** So many may be connected; further ones are sent away. */
  most = Number.POSITIVE_INFINITY;
  /** The most that were connected at a time. */
  peak = 0;
  readonly #random: Random;
  readonly #context: ReturnType<typeof createContext>;
  readonly #connections = new Set<Connection>();
  #last = 0;

  constructor(random: Random, options: ServerOptions) {
    this.#random = random;
    // SCRAM is reckoned in threads, and CRAM-MD5 loaded: they have times of their own.
    const { withoutCapabilities = [] } = options;
    this.#context = createContext({
      now: () => NOW,
      ...options,
      withoutCapabilities: [...withoutCapabilities, 'AUTH=SCRAM-SHA-256', 'AUTH=CRAM-MD5'],
      tls: TLS,
    });
    this.store = this.#context.store;
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Of `loss` connections one will be lost. */
  connect(loss: number, security: Security = 'none'): Duplex {
    const { near, far } = connection(this.#random, loss);
    const { secureContext } = this.#context;
    const secure = security === 'tls';
    const socket = secure ? new TLSSocket(far as unknown as Socket, { isServer: true, secureContext }) : far; // it has all that is used of one
    const context = this.connections < this.most ? this.#context : { ...this.#context, greeting: 'BYE Too many' };
    const served = new LocalConnection(context, socket as Socket, ++this.#last, secure); // see above
    this.#connections.add(served);
    this.peak = Math.max(this.peak, this.connections);
    far.on('close', () => this.#connections.delete(served));
    void served.run();
    return near;
  }

  dropConnections(): void {
    for (const served of this.#connections) served.destroy();
  }
}
