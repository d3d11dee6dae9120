/** A network that does one thing wrong, at one byte, in one direction. */
import { connect, createServer, type Socket } from 'node:net';

/**
 * The connection ends in order, or by RST; nothing goes through any more; it comes late; byte by byte; together with what
 * comes next; with one byte changed.
 */
export const FAULT_KINDS = ['cut', 'reset', 'freeze', 'delay', 'split', 'merge', 'corrupt'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** How long a delay is, and how long is waited for what is to be merged, ms. */
const DELAY = 30;

export interface Fault {
  kind: FaultKind;
  direction: 'toClient' | 'toServer';
  /** Before the byte of this number, counted from 0. */
  at: number;
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** How many bytes went through. */
  readonly passed: { toClient: number; toServer: number };
}

/** Between a client and the server on this port of this machine. A function is asked for each connection's fault. */
export async function faultProxy(serverPort: number, faults?: Fault | (() => Fault | undefined)): Promise<FaultProxy> {
  const passed = { toClient: 0, toServer: 0 };
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1');
    keep(client);
    keep(upstream);
    const fault = typeof faults === 'function' ? faults() : faults;
    pass(upstream, client, 'toClient', fault);
    pass(client, upstream, 'toServer', fault);
  });

  function pass(from: Socket, to: Socket, direction: Fault['direction'], fault: Fault | undefined): void {
    let frozen = false;
    let moved = 0;
    let held: Buffer[] | undefined;
    const release = () => {
      if (held !== undefined && to.writable) to.write(Buffer.concat(held));
      held = undefined;
    };
    from.on('end', () => {
      release();
      if (!frozen) to.end();
    });
    from.on('close', () => frozen || to.destroy());
    from.on('data', (chunk: Buffer) => {
      if (held !== undefined) {
        moved += chunk.length;
        passed[direction] += chunk.length;
        held.push(chunk);
        return;
      }
      const before = moved;
      moved += chunk.length;
      passed[direction] += chunk.length;
      if (frozen || !to.writable) return;
      const at = fault?.direction === direction ? fault.at - before : -1;
      if (fault === undefined || at < 0 || at >= chunk.length) {
        to.write(chunk);
        return;
      }
      const rest = chunk.subarray(at);
      if (at > 0) to.write(chunk.subarray(0, at));
      switch (fault.kind) {
        case 'cut':
          frozen = true;
          to.end();
          from.destroy();
          break;
        case 'reset':
          frozen = true;
          to.resetAndDestroy();
          from.destroy();
          break;
        case 'freeze':
          frozen = true;
          break;
        case 'delay':
          from.pause();
          setTimeout(() => {
            if (to.writable) to.write(rest);
            from.resume();
          }, DELAY);
          break;
        case 'merge':
          held = [rest];
          setTimeout(release, DELAY);
          break;
        case 'split':
          for (const byte of rest) to.write(Buffer.of(byte));
          break;
        case 'corrupt':
          rest[0] = (rest[0] ?? 0) ^ 0x15;
          to.write(rest);
          break;
      }
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    passed,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
