import type { Frame } from '../../../src/wire/frame.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { Reader } from '../../../src/wire/reader.ts';
import { CONTINUATION, type CommandPart, Writer, type WriterOptions } from '../../../src/wire/writer.ts';

/** A reader of one response, latin1, behind its "* ". */
export function readerOf(text: string, maxDepth?: number): Reader {
  let first: Frame | undefined;
  const framer = new Framer({
    frame(frame) {
      first ??= frame.copy();
    },
  });
  framer.receive(Buffer.from(`* ${text}\r\n`, 'latin1'));
  if (first === undefined) throw new Error('Not a whole response');
  const reader = new Reader(maxDepth);
  reader.reset(first);
  reader.position += 2;
  return reader;
}

/** What a writer was made to write, latin1; `…` where it waits for a continuation. */
export function written(write: (writer: Writer) => void, options?: WriterOptions): string {
  const writer = new Writer(options);
  write(writer);
  return writer.end().map(textOf).join('').replace(/\r\n$/, '');
}

function textOf(part: CommandPart): string {
  if (part === CONTINUATION) return '…';
  if (typeof part === 'string') return part;
  if (part instanceof Uint8Array) return Buffer.from(part).toString('latin1');
  throw new Error('A stream has no text yet');
}
