/** Kinds that real mailboxes hold and parsers trip over. All of them can be appended: lines end in CRLF, and no NUL. */
import { attachment, type Making, multipart, type Part, plain, text } from './parts.ts';

export interface OddPart extends Part {
  /** The message has no MIME-Version and no headers of a part. */
  readonly noMime?: boolean;
  /** The message ends in its header, without the empty line. */
  readonly headerOnly?: boolean;
}

const MALFORMED_CONTENT_TYPES = [
  'text',
  'text/',
  '/',
  'text/plain; charset',
  'text/plain; charset="unterminated',
  'text/plain;;; charset=utf-8',
  'TEXT/PLAIN; CHARSET=UTF-8',
  '"text/plain"',
];

const ascii = ({ random, pools }: Making, size: number): Buffer[] => pools.ascii.cut(random, size);
const withHeaders = (headers: string, body: Buffer[]): OddPart => ({ headers, body });

const MAKERS = {
  'no-mime': (making: Making, size: number): OddPart => ({ headers: '', body: ascii(making, size), noMime: true }),
  'empty-body': (): OddPart => withHeaders('Content-Type: text/plain\r\n', []),
  'no-final-newline': (making: Making, size: number): OddPart =>
    text('text/plain; charset=us-ascii', '7bit', [...ascii(making, size), 'no newline at the end']),
  'unclosed-multipart': (making: Making, size: number): OddPart =>
    multipart(making, 'mixed', [plain(making, size / 2), attachment(making, size / 2)], { open: true }),
  'missing-boundary': (making: Making, size: number): OddPart =>
    withHeaders('Content-Type: multipart/mixed\r\n', ascii(making, size)),
  'bad-content-type': (making: Making, size: number): OddPart =>
    withHeaders(`Content-Type: ${making.random.pick(MALFORMED_CONTENT_TYPES)}\r\n`, ascii(making, size)),
  'bad-base64': (): OddPart => text('text/plain; charset=utf-8', 'base64', ['SGVsbG8g*d29ybGQ\r\n=\r\nIQ==IQ\r\n']),
  'long-line': ({ random }: Making): OddPart =>
    text('text/plain; charset=utf-8', '8bit', [`${'x'.repeat(random.integer(1000, 20_000))}\r\n`]),
  deep: (making: Making): OddPart => {
    let part = plain(making, 500);
    for (let left = making.random.integer(8, 30); left > 0; left--) part = multipart(making, 'mixed', [part]);
    return part;
  },
  'many-parts': (making: Making): OddPart =>
    multipart(
      making,
      'mixed',
      Array.from({ length: making.random.integer(50, 200) }, () => plain(making, 60)),
    ),
  'raw8-header': plain,
  'no-date': plain,
  'no-from': plain,
  'group-address': plain,
  'dup-headers': plain,
  'unknown-cte': (making: Making, size: number): OddPart => {
    const encoding = making.random.pick(['x-yenc', 'x-uuencode', 'utf-8', '8 bit']);
    return text('application/x-foo', encoding, ascii(making, size));
  },
  uuencode: (): OddPart =>
    text('text/plain', '', ['See below.\r\n\r\nbegin 644 test.txt\r\n+:&5L;&\\@=V]R;&0`\r\n`\r\nend\r\n']),
  'huge-header': plain,
  comments: (making: Making, size: number): OddPart =>
    withHeaders(
      'Content-Type: (a comment) text/plain (another (nested)); charset=us-ascii (x)\r\n' +
        'Content-Transfer-Encoding: (c) 7bit\r\n',
      ascii(making, size),
    ),
  partial: (making: Making, size: number): OddPart =>
    withHeaders(
      `Content-Type: message/partial; id="${making.random.hex(12)}@example.org";\r\n\tnumber=2; total=3\r\n`,
      ascii(making, size),
    ),
  'external-body': (): OddPart =>
    withHeaders('Content-Type: message/external-body; access-type=URL;\r\n\tURL="ftp://example.org/file"\r\n', [
      Buffer.from('Content-Type: image/gif\r\nContent-ID: <x@example.org>\r\n\r\n'),
    ]),
  'empty-multipart': (): OddPart =>
    withHeaders('Content-Type: multipart/mixed; boundary="empty"\r\n', [Buffer.from('--empty--\r\n')]),
  'headers-only': (): OddPart => ({ headers: 'Content-Type: text/plain\r\n', body: [], headerOnly: true }),
  'bad-encoded-word': plain,
  'lf-like': ({ random, pools }: Making, size: number): OddPart =>
    text('text/plain; charset=utf-8', '8bit', [
      'line separators \u2028 and \u2029, NEL \u0085, vertical tab \x0b, form feed \x0c, escape \x1b[31m\r\n',
      ...pools.utf8.cut(random, size),
    ]),
} satisfies Record<string, (making: Making, size: number) => OddPart>;

export type OddKind = keyof typeof MAKERS;

export const ODD_KINDS = Object.keys(MAKERS) as OddKind[]; // Object.keys forgets the names that the table has

export function makeOddContent(kind: OddKind, making: Making, size: number): OddPart {
  return MAKERS[kind](making, size);
}
