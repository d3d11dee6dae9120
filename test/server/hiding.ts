/** A connection on which the server seems to lack some of its capabilities: what it tells of them is made unreadable. */
import { connect } from 'node:net';
import { Duplex, Transform } from 'node:stream';
import type { ConnectOptions } from '../../src/index.ts';

/** So many lines at the start of a connection can tell capabilities. */
const LINES = 30;

/** `names` are capabilities, or their beginnings: `THREAD=` hides all algorithms. */
export function hiding(options: ConnectOptions, ...names: string[]): ConnectOptions {
  const { host, port = 143 } = options;
  const pattern = new RegExp(`(?<=CAPABILITY .*) (?=(?:${[...names, 'COMPRESS='].join('|')}))`, 'g');
  let lines = 0;
  let held = '';
  const hide = new Transform({
    transform(chunk: Buffer, _, done) {
      if (lines > LINES) return done(null, chunk);
      const text = held + chunk.toString('latin1');
      const end = text.lastIndexOf('\n') + 1;
      // A line that can tell capabilities is changed as a whole; any other, a literal too, may come in pieces.
      held = text.includes('CAPABILITY', end) || text.length - end < 100 ? text.slice(end) : '';
      const told = text.slice(0, text.length - held.length);
      lines += told.split('\n').length - 1;
      const out = told
        .split('\n')
        .map((line) => line.replace(pattern, ' X-NO-'))
        .join('\n');
      const rest = lines > LINES ? held : '';
      if (rest !== '') held = '';
      done(null, Buffer.from(out + rest, 'latin1'));
    },
  });
  return {
    ...options,
    socket: () => {
      const socket = connect(port, host);
      socket.setNoDelay(true);
      socket.on('error', () => {});
      return Duplex.from({ readable: socket.pipe(hide), writable: socket });
    },
  };
}
