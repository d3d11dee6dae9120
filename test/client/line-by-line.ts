import { connect } from 'node:net';
import { Duplex } from 'node:stream';

/** A stream to a server whose lines, each with its CRLF, are given one by one: what becomes of them is said by `give`. */
export function lineByLine(port: number, give: (line: string, push: (text: string | null) => void) => void): Duplex {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  const stream = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => {
      socket.write(chunk);
      done();
    },
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  let rest = '';
  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString('latin1')).split(/(?<=\r\n)/);
    rest = lines.at(-1)?.endsWith('\r\n') ? '' : (lines.pop() ?? '');
    for (const line of lines) give(line, (text) => stream.push(text, 'latin1'));
  });
  return stream;
}
