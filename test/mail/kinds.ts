/** The kinds of ordinary messages: how often each comes, and what it consists of. */
import { encodeCharset, quotedPrintable } from './encoding.ts';
import { rfcDate } from './headers.ts';
import { alternative, attachment, inBase64, type Making, multipart, type Part, plain, text } from './parts.ts';
import { PHRASES, WORDS } from './words.ts';

/** A message as its header (with the empty line after it) and its body. */
export interface Built {
  readonly head: Buffer;
  readonly body: readonly Buffer[];
}

export interface KindMaking extends Making {
  readonly date: number;
  /** How many messages this one is inside of. */
  readonly depth: number;
  /** Makes a message to put into this one. */
  nested(kind: Kind, size: number, depth: number): Built;
}

const MAKERS = {
  plain,
  'utf8-8bit': ({ random, pools }: KindMaking, size: number) =>
    text('text/plain; charset=utf-8', '8bit', pools.utf8.cut(random, size)),
  'utf8-qp': ({ random, pools }: KindMaking, size: number) =>
    text('text/plain; charset="UTF-8"', 'quoted-printable', pools.quotedPrintable.cut(random, size)),
  'utf8-base64': ({ random, pools }: KindMaking, size: number) =>
    text('text/plain; charset=UTF-8', 'base64', [inBase64(pools.utf8.cut(random, size * 0.74))]),
  alternative,
  attachment: withAttachments,
  related: (making: KindMaking, size: number) =>
    multipart(making, 'related', [alternative(making, size * 0.4), attachment(making, size * 0.5, true)], {
      parameters: ' type="multipart/alternative";',
    }),
  nested: forwarded,
  digest,
  charset: inCharset,
  flowed: ({ random, pools }: KindMaking, size: number) =>
    text('text/plain; charset=us-ascii; format=flowed; delsp=no', '7bit', [
      Buffer.concat(pools.ascii.cut(random, size))
        .toString()
        .replace(/([a-z])\r\n(?=[a-z])/g, '$1 \r\n'),
    ]),
  report,
  signed,
  calendar: (making: KindMaking) =>
    multipart(making, 'alternative', [
      plain(making, 500),
      text('text/calendar; charset=utf-8; method=REQUEST', '8bit', [
        'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n' +
          `UID:${making.random.hex(20)}\r\nDTSTART:20250701T100000Z\r\nDTEND:20250701T110000Z\r\n` +
          `SUMMARY:${making.random.pick(PHRASES['utf-8'] ?? [])}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
      ]),
    ]),
  list: plain, // what makes it one is in its header
};

export type Kind = keyof typeof MAKERS;

export const KIND_WEIGHTS: readonly (readonly [weight: number, kind: Kind])[] = [
  [22, 'plain'],
  [6, 'utf8-8bit'],
  [8, 'utf8-qp'],
  [3, 'utf8-base64'],
  [22, 'alternative'],
  [13, 'attachment'],
  [5, 'related'],
  [3, 'nested'],
  [1, 'digest'],
  [6, 'charset'],
  [2, 'flowed'],
  [2, 'report'],
  [1, 'signed'],
  [1, 'calendar'],
  [2, 'list'],
];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(MAKERS, name);
}

export function makeContent(kind: Kind, making: KindMaking, size: number): Part {
  return MAKERS[kind](making, size);
}

function withAttachments(making: KindMaking, size: number): Part {
  const { random } = making;
  const counts = [
    [6, 1],
    [2, 2],
    [1, 4],
    [0.3, 12],
  ] as const;
  const count = random.weighted(counts);
  const parts = [random.chance(0.5) ? alternative(making, size * 0.1) : plain(making, size * 0.1)];
  for (let i = 0; i < count; i++) parts.push(attachment(making, (size * 0.85) / count));
  const preamble = random.chance(0.5) ? 'This is a multi-part message in MIME format.' : '';
  return multipart(making, 'mixed', parts, { preamble });
}

function message(headers: string, { head, body }: Built): Part {
  return { headers, body: [head, ...body] };
}

function forwarded(making: KindMaking, size: number): Part {
  const { random } = making;
  const depth = making.depth + 1;
  const again = depth < 3 && random.chance(0.4);
  const kind = again ? 'nested' : random.pick<Kind>(['plain', 'alternative', 'attachment', 'charset']);
  const inner = making.nested(kind, size * 0.7, depth);
  const headers =
    'Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="forwarded message.eml"\r\n';
  return multipart(making, 'mixed', [plain(making, size * 0.15), message(headers, inner)]);
}

function digest(making: KindMaking, size: number): Part {
  const parts: Part[] = [];
  for (let left = making.random.integer(2, 6); left > 0; left--) {
    const inner = making.nested('plain', size / 5, 2);
    parts.push(message(making.random.chance(0.5) ? '' : 'Content-Type: message/rfc822\r\n', inner));
  }
  return multipart(making, 'mixed', [plain(making, 300), multipart(making, 'digest', parts)]);
}

/** Also two charsets that no decoder knows by their name, and UTF-7. */
const CHARSETS = [...Object.keys(PHRASES).filter((name) => name !== 'utf-8'), 'utf-7', 'x-unknown', 'ansi_x3.4-1968'];

function inCharset({ random, facts }: KindMaking, size: number): Part {
  const charset = random.pick(CHARSETS);
  const own = PHRASES[charset];
  const phrases = own ?? PHRASES['iso-8859-1'] ?? [];
  const lines: string[] = [];
  for (let bytes = 0; bytes < Math.min(size, 60_000); ) {
    const line = `${random.pick(phrases)} ${random.chance(0.3) ? `${random.pick(WORDS)} ` : ''}${random.pick(phrases)}`;
    lines.push(line);
    bytes += line.length * 2;
  }
  const raw = encodeCharset(`${lines.join('\r\n')}\r\n`, own || charset === 'utf-7' ? charset : 'iso-8859-1');
  const sevenBit = charset === 'iso-2022-jp' || charset === 'utf-7';
  const encoding = sevenBit ? '7bit' : random.pick(['8bit', 'quoted-printable', 'base64']);
  facts.charset = charset;
  const contentType = `text/plain; charset=${random.chance(0.5) ? `"${charset.toUpperCase()}"` : charset}`;
  if (encoding === 'base64') return text(contentType, encoding, [inBase64([raw])]);
  return text(contentType, encoding, [encoding === 'quoted-printable' ? quotedPrintable(raw) : raw]);
}

function report(making: KindMaking): Part {
  const status =
    `Reporting-MTA: dns; mx.example.org\r\nArrival-Date: ${rfcDate(making.date)}\r\n\r\n` +
    'Final-Recipient: rfc822; nobody@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n' +
    'Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.com>:\r\n Recipient address rejected\r\n';
  const parts = [
    plain(making, 600),
    { headers: 'Content-Type: message/delivery-status\r\n', body: [Buffer.from(status)] },
    { headers: 'Content-Type: text/rfc822-headers\r\n', body: [making.nested('plain', 100, 2).head] },
  ];
  return multipart(making, 'report', parts, { parameters: ' report-type=delivery-status;' });
}

function signed(making: KindMaking, size: number): Part {
  const { random, pools } = making;
  const content = plain(making, size);
  const signature = {
    headers:
      'Content-Type: application/pgp-signature; name="signature.asc"\r\nContent-Description: OpenPGP digital signature\r\n',
    body: [
      Buffer.from('-----BEGIN PGP SIGNATURE-----\r\n\r\n'),
      ...pools.base64.cut(random, 600),
      Buffer.from('=abcd\r\n-----END PGP SIGNATURE-----\r\n'),
    ],
  };
  const parameters = ' micalg=pgp-sha256;\r\n\tprotocol="application/pgp-signature";';
  return multipart(making, 'signed', [content, signature], { parameters });
}
