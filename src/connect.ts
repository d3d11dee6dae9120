import type { Duplex } from 'node:stream';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { Auth } from './auth/mechanism.ts';
import type { Client } from './client.ts';
import type { ImapClient } from './imap-client.ts';
import { open } from './opening.ts';
import type { ReconnectOptions } from './reconnect.ts';
import type { LogEntry } from './session/log.ts';
import { settingsOf } from './settings.ts';

export interface ConnectOptions {
  /** A name, which the certificate must hold over TLS, or an address. */
  host: string;
  /** Default: 993 for 'tls', else 143. */
  port?: number | undefined;
  /** 'tls' (default): TLS from the first byte. 'starttls': upgraded before anything else, or rejected. 'none': cleartext. */
  security?: 'tls' | 'starttls' | 'none' | undefined;
  /** Passed to node:tls. Certificates are verified and TLS is 1.2 or newer unless this says otherwise. */
  tls?: TlsOptions | undefined;
  /** A function is called for every (re)connection, so that it can hand out a fresh token. Absent: stay unauthenticated unless PREAUTH. */
  auth?: (Auth | (() => Auth | Promise<Auth>)) | undefined;
  /** Let a password cross a cleartext connection to a host that is not loopback. Default false: rejected before a byte is sent. */
  allowCleartextAuth?: boolean | undefined;
  /** Sent with ID (RFC 2971) where offered, within the limits of client.id; `false` sends none. Default: this library's name. */
  clientId?: Record<string, string> | false | undefined;
  /** COMPRESS=DEFLATE (RFC 4978) where offered: asked for once authenticated, which costs one round trip. Default true. */
  compress?: boolean | undefined;
  /**
   * Extensions to be enabled (RFC 5161) on every connection, as far as the server offers them: 'IMAP4rev2', 'UTF8=ACCEPT',
   * 'UIDONLY', 'QRESYNC'… Costs one round trip. Default: none, and UTF8=ACCEPT where the server insists on it (UTF8=ONLY).
   */
  enable?: readonly string[] | undefined;
  /** Opens a new connection when one is lost; client and mailbox handles stay valid. The first is tried once. Default false. */
  reconnect?: boolean | ReconnectOptions | undefined;
  /** Milliseconds; more than 2^31 - 1 is refused. */
  timeouts?:
    | {
        /** TCP, TLS, greeting and authentication together. Default 30_000 ms. */
        connect?: number | undefined;
        /** Silence of the server while a command waits. Default 60_000 ms. A long transfer that keeps moving never times out. */
        inactivity?: number | undefined;
        /** Deadline for logout(), with what is under way then, and for leaving IDLE. Default 5_000 ms. */
        farewell?: number | undefined;
      }
    | undefined;
  /** What a server may send, and what is kept of it. Past `line`, `literal` or `depth` the connection is closed: ProtocolError, code LIMIT_…. */
  limits?:
    | {
        /** Bytes in one response outside its literals. Default 1 MiB for a line of ordinary responses, 64 MiB for SEARCH, SORT, THREAD, ESEARCH, VANISHED, COPYUID, MODIFIED. */
        line?: number | undefined;
        /** Bytes of the literals of one response that are held in memory, all together. Default 256 MiB. A streamed literal (download) has no limit. */
        literal?: number | undefined;
        /** Parenthesis depth. Default 100. A message whose parts are nested deeper has an unknown structure. */
        depth?: number | undefined;
        /** Bytes a slow consumer may leave waiting before the socket is paused. Default 4 MiB. While other operations wait, eight times as much is taken in. */
        buffer?: number | undefined;
      }
    | undefined;
  /** Every line in and out, with secrets already redacted. Default: silent. The library never writes to the console. */
  log?: ((entry: LogEntry) => void) | undefined;
  /** Bring your own byte stream: a proxy, an SSH tunnel, the stdio of a child process. TLS and STARTTLS still run on top of it. */
  socket?: (() => Duplex | Promise<Duplex>) | undefined;
  /** Gives up connecting: connect() rejects with the signal's reason. Once there is a client the signal means nothing. */
  signal?: AbortSignal | undefined;
}

/**
 * Opens a connection, secures it, authenticates, and resolves once commands may be sent. Nothing half-open is ever handed
 * out: on any failure everything is closed and the promise rejects.
 * A string or URL is `imaps://user:pass@host:993/` (implicit TLS) or `imap://…` (STARTTLS, required).
 *
 * @throws UsageError for options that make no sense, ConnectionError (with its phase) for a connection that fails,
 *   AuthenticationError for credentials that the server refuses, ProtocolError for a server that does not speak IMAP;
 *   what `auth` or `socket` throws, as it is.
 */
export async function connect(options: ConnectOptions | string | URL): Promise<ImapClient> {
  return connectClient(options);
}

/** As `connect`, for a pool. */
export async function connectClient(options: ConnectOptions | string | URL): Promise<Client> {
  const settings = settingsOf('connect', options);
  const { reconnect, timeouts, account } = settings;
  let client: Client | undefined;
  const introduced = (serverId: Readonly<Record<string, string>>) => {
    if (client !== undefined) client.serverId = serverId;
  };
  const { session, connected } = await open(settings, introduced);
  // It may have ended since it was opened, and tells nobody now.
  if (session.failure !== undefined) throw session.failure;
  const again = async (signal: AbortSignal, enabled: ReadonlySet<string>) => {
    const next = await open({ ...settings, options: { ...settings.options, signal } }, introduced, enabled);
    return next.session;
  };
  const link = reconnect === undefined ? session : new connected.ReconnectingLink(session, reconnect, again);
  client = new connected.Client(link, timeouts.farewell, account);
  return client;
}
