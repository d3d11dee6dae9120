import type { SecureContext } from 'node:tls';
import type { Store } from './store.ts';

/** One line on the wire, without its CRLF, or the bytes of a literal; decoded as UTF-8. */
export interface ServerLogEntry {
  /** Counts the connections of a server from 1. */
  connection: number;
  /** As the server sees it: commands come in. */
  direction: 'in' | 'out';
  text: string;
}

/** A command as it came, before it is carried out. */
export interface ReceivedCommand {
  /** Counts the connections of a server from 1. */
  connection: number;
  /** Who is logged in. */
  user: string | undefined;
  /** Upper case, such as `UID FETCH`. */
  name: string;
  /** The command without its tag and its literals; with the password of a LOGIN. */
  text: string;
}

/** See ServerOptions.intercept. */
export type Intercept = (command: ReceivedCommand) => string | undefined | Promise<string | undefined>;

/** What all connections of a server share. */
export interface ServerContext {
  readonly store: Store;
  readonly users: ReadonlyMap<string, string>;
  /** Users who may act for any other. */
  readonly administrators: ReadonlySet<string>;
  /** Capabilities, upper case. */
  readonly offered: ReadonlySet<string>;
  /** Those, and what works unannounced. */
  readonly honoured: ReadonlySet<string>;
  readonly secureContext: SecureContext | undefined;
  /** No login before TLS. */
  readonly requireTls: boolean;
  /** The URL of the JMAP session for the same mail. */
  readonly jmap: string | undefined;
  readonly greeting: string;
  /** Largest literal, in bytes. */
  readonly maxLiteral: number;
  readonly now: () => Date;
  readonly intercept: Intercept | undefined;
  readonly log: ((entry: ServerLogEntry) => void) | undefined;
}
