/** Long stretches of text, made once for a seed, from which the messages are cut. */
import { base64Lines, quotedPrintable } from './encoding.ts';
import { Random } from './random.ts';
import { PHRASES, WORDS } from './words.ts';

const PARAGRAPHS = 2500;
const BINARY_BYTES = 57 * 20_000; // 57 bytes are a line of base64

export class Pool {
  private readonly bytes: Buffer;
  private readonly lineEnds: readonly number[];
  private readonly bytesPerLine: number;

  /** Cuts at the line ends that `mayCut` accepts. */
  constructor(bytes: Buffer, mayCut: (end: number, bytes: Buffer) => boolean = () => true) {
    const ends = [0];
    for (let at = bytes.indexOf('\r\n'); at >= 0; at = bytes.indexOf('\r\n', at + 2)) {
      if (mayCut(at + 2, bytes)) ends.push(at + 2);
    }
    this.bytes = bytes;
    this.lineEnds = ends;
    this.bytesPerLine = bytes.length / (ends.length - 1);
  }

  /** Whole lines of about that many bytes together. */
  cut(random: Random, size: number): Buffer[] {
    const pieces: Buffer[] = [];
    const last = this.lineEnds.length - 1;
    let left = Math.max(size, 1);
    while (left > 0) {
      const from = random.integer(0, last - 1);
      const to = Math.min(last, from + Math.max(1, Math.round(left / this.bytesPerLine)));
      const piece = this.bytes.subarray(this.lineEnds[from], this.lineEnds[to]);
      pieces.push(piece);
      left -= piece.length;
      if (left < this.bytesPerLine) break;
    }
    return pieces;
  }
}

export interface Pools {
  readonly ascii: Pool;
  readonly utf8: Pool;
  readonly html: Pool;
  readonly quotedPrintable: Pool;
  readonly htmlQuotedPrintable: Pool;
  readonly base64: Pool;
}

const made = new Map<string, Pools>();

export function poolsOf(seed: string): Pools {
  const known = made.get(seed);
  if (known) return known;
  const random = new Random(`pool:${seed}`);
  let ascii = '';
  let utf8 = '';
  let html = '';
  for (let i = 0; i < PARAGRAPHS; i++) {
    const paragraph = Array.from({ length: random.integer(1, 5) }, () => sentence(random, random.integer(4, 16))).join(
      ' ',
    );
    const quote = random.chance(0.12) ? '> ' : '';
    ascii += wrapped(paragraph, 70).replace(/^(?=.)/gm, quote);
    if (random.chance(0.6)) ascii += '\r\n';
    if (random.chance(0.02)) ascii += 'From time to time a line starts with From.\r\n';
    if (random.chance(0.02)) ascii += '.\r\n';
    const words = paragraph.split(' ').map((word) => (random.chance(0.15) ? random.pick(UTF8_PHRASES) : word));
    const mixed = words.join(' ');
    utf8 += wrapped(mixed, 66);
    if (random.chance(0.6)) utf8 += '\r\n';
    html += `${htmlBlock(random, mixed)}\r\n`;
  }
  const binary = Buffer.alloc(BINARY_BYTES);
  for (let i = 0; i < binary.length; i += 4) binary.writeUInt32LE(random.uint32(), i);

  const notSoft = (end: number, bytes: Buffer) => bytes[end - 3] !== 0x3d; // "=" before it is a soft line break
  const pools: Pools = {
    ascii: new Pool(Buffer.from(ascii)),
    utf8: new Pool(Buffer.from(utf8)),
    html: new Pool(Buffer.from(html)),
    quotedPrintable: new Pool(Buffer.from(quotedPrintable(Buffer.from(utf8))), notSoft),
    htmlQuotedPrintable: new Pool(Buffer.from(quotedPrintable(Buffer.from(html))), notSoft),
    base64: new Pool(Buffer.from(`${base64Lines(binary)}\r\n`), (end) => end % 78 === 0),
  };
  made.set(seed, pools);
  return pools;
}

const UTF8_PHRASES = PHRASES['utf-8'] ?? [];

function sentence(random: Random, length: number): string {
  const words = Array.from({ length }, () => random.pick(WORDS)).join(' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1) + random.pick(['.', '.', '.', '?', '!', ';', ' -']);
}

function wrapped(text: string, width: number): string {
  let out = '';
  let line = '';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > width) {
      out += `${line}\r\n`;
      line = word;
    } else {
      line += (line ? ' ' : '') + word;
    }
  }
  return `${out}${line}\r\n`;
}

function htmlBlock(random: Random, text: string): string {
  const style =
    'margin:0 0 12px 0;font-family:Arial,Helvetica,sans-serif;font-size:14px;line-height:20px;color:#333333;';
  const block = random.pick([
    () => `<p style="${style}">${text}</p>`,
    () =>
      '<table border="0" cellpadding="0" cellspacing="0" width="600"><tr><td align="left" valign="top" bgcolor="#ffffff">' +
      `<a href="https://www.example.com/track?id=${random.hex(24)}&amp;u=${random.hex(8)}" ` +
      `style="color:#1155cc;text-decoration:none;">${sentence(random, 5)}</a></td></tr></table>`,
    () =>
      `<div class="c${random.integer(1, 99)}"><span style="font-size:${random.integer(9, 24)}px">` +
      `${sentence(random, 8)}</span><br></div>`,
    () => `<blockquote type="cite"><div>${text} &nbsp;&copy; &#8364;</div></blockquote>`,
  ]);
  return block();
}
