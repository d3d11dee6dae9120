/** Generated mail as a Maildir, which every server's seed() takes. */
import { closeSync, futimesSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type MailMessage, type MailOptions, makeMessage } from './message.ts';

export interface MaildirOptions extends Omit<MailOptions, 'bigEvery'> {
  /** This many of the messages, evenly spread, are of 5 to 20 MB; default 0. */
  readonly big?: number;
}

export interface Written extends Omit<MailMessage, 'raw'> {
  readonly file: string;
  /** RFC822.SIZE. */
  readonly size: number;
}

const FLAG_LETTERS = [
  ['\\Draft', 'D'],
  ['\\Flagged', 'F'],
  ['\\Answered', 'R'],
  ['\\Seen', 'S'],
  ['\\Deleted', 'T'],
] as const;

/**
 * Writes messages 0 to count - 1 into dir/cur. Lines end in LF there; a file's time is its INTERNALDATE, to the second,
 * and the files' names sort in the order of the messages.
 */
export function writeMaildir(dir: string, count: number, options: MaildirOptions = {}): Written[] {
  const { big = 0, ...rest } = options;
  const bigEvery = big > 0 ? Math.max(1, Math.floor(count / big)) : 0;
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(dir, part), { recursive: true });
  const written: Written[] = [];
  for (let index = 0; index < count; index++) {
    const { raw, ...message } = makeMessage(index, { ...rest, bigEvery });
    const stored = withLf(raw);
    const seconds = Math.floor(message.internalDate.getTime() / 1000);
    const letters = FLAG_LETTERS.map(([flag, letter]) => (message.flags.includes(flag) ? letter : '')).join('');
    // S and W let Dovecot answer RFC822.SIZE without opening the file
    const file = `${seconds}.M${String(index).padStart(7, '0')}P1.example,S=${stored.length},W=${raw.length}:2,${letters}`;
    const descriptor = openSync(join(dir, 'cur', file), 'w');
    writeSync(descriptor, stored);
    futimesSync(descriptor, seconds, seconds);
    closeSync(descriptor);
    written.push({ ...message, file, size: raw.length });
  }
  return written;
}

function withLf(raw: Buffer): Buffer {
  const out = Buffer.allocUnsafe(raw.length);
  let length = 0;
  let from = 0;
  for (let at = raw.indexOf('\r\n'); at >= 0; at = raw.indexOf('\r\n', from)) {
    length += raw.copy(out, length, from, at);
    out[length++] = 0x0a;
    from = at + 2;
  }
  length += raw.copy(out, length, from);
  return out.subarray(0, length);
}
