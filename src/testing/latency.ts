import { connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes that may be under way in one direction before the sender is paused. */
const WINDOW = 32 * 1024 * 1024;

/** A server before the one at `port`: every byte, in each direction, arrives `delay` ms after it was sent, in order. */
export function delayed(port: number, delay: number, track: (socket: Socket) => void): Server {
  return createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.setNoDelay(true);
    server.setNoDelay(true);
    track(server);
    carry(client, server, delay);
    carry(server, client, delay);
  });
}

/** undefined: the end of the stream. */
interface Parcel {
  due: number;
  chunk: Buffer | undefined;
}

function carry(from: Socket, to: Socket, delay: number): void {
  const parcels: Parcel[] = [];
  let underWay = 0;
  let timer: NodeJS.Timeout | undefined;

  const send = (chunk: Buffer | undefined) => {
    parcels.push({ due: performance.now() + delay, chunk });
    underWay += chunk?.length ?? 0;
    if (underWay > WINDOW) from.pause();
    timer ??= setTimeout(deliver, delay);
  };
  const deliver = () => {
    timer = undefined;
    const now = performance.now();
    let delivered = 0;
    for (const { due, chunk } of parcels) {
      if (due > now) break;
      delivered++;
      if (!chunk) to.end();
      else {
        underWay -= chunk.length;
        if (!to.write(chunk)) break;
      }
    }
    parcels.splice(0, delivered);
    if (to.writableNeedDrain) to.once('drain', deliver);
    else plan(now);
    if (underWay <= WINDOW && from.isPaused()) from.resume();
  };
  const plan = (now: number) => {
    const next = parcels[0];
    if (next) timer ??= setTimeout(deliver, Math.max(0, Math.ceil(next.due - now)));
  };

  from.on('data', send);
  from.on('end', () => send(undefined));
  from.on('error', () => to.destroy());
  from.on('close', (hadError: boolean) => {
    if (hadError || !from.readableEnded) {
      clearTimeout(timer);
      to.destroy();
    }
  });
}
