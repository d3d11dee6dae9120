import type { Duplex } from 'node:stream';
import type * as tls from 'node:tls';
import type { ChannelBinding } from '../auth/scram.ts';

const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_LENGTH = 32;

/**
 * The channel bindings that a stream has, the best one first; none where it is no TLS, or the platform does not tell.
 * tls-exporter only over TLS 1.3: before it, it needs an extension that can not be asked for here (RFC 9266 §4.2).
 */
export function channelBindings(stream: Duplex): ChannelBinding[] {
  const secured = stream as Duplex & Partial<tls.TLSSocket>; // every method is looked for before it is called
  const bindings: ChannelBinding[] = [];
  // Deno has no such method, and its Finished messages are made up: no server would know them.
  if (secured.exportKeyingMaterial === undefined) return bindings;
  try {
    const exporter =
      secured.getProtocol?.() === 'TLSv1.3'
        ? secured.exportKeyingMaterial(EXPORTER_LENGTH, EXPORTER_LABEL, Buffer.alloc(0))
        : undefined;
    if (exporter !== undefined) bindings.push({ type: 'tls-exporter', data: exporter });
    // The first Finished message of the handshake: the client's, but the server's where a session was resumed (RFC 5929 §3.1).
    const finished = secured.isSessionReused?.() ? secured.getPeerFinished?.() : secured.getFinished?.();
    if (finished !== undefined && finished.length > 0) bindings.push({ type: 'tls-unique', data: finished });
  } catch {
    // A platform whose TLS does not tell these things binds to nothing.
  }
  return bindings;
}
