import { decodeBig5 } from './big5.ts';
import { LABELS } from './labels.ts';
import { decodeHz, decodeIso2022Kr } from './seven-bit.ts';
import { decodeUpperHalf, decodeWindows1252, latin1, UPPER_HALVES } from './single-byte.ts';
import { decodeUhc } from './uhc.ts';
import { decodeUtf7 } from './utf7.ts';

type Decode = (bytes: Uint8Array) => string;

/** Names that mail uses and TextDecoder does not know, without their punctuation, and what they mean. */
const ALIASES: Readonly<Record<string, string>> = {
  ansi: 'windows-1252',
  big5eten: 'big5',
  big5hkscs: 'big5',
  big5tw: 'big5', // Python's email package writes "big5_tw" and "eucgb2312_cn"
  euccn: 'gbk',
  eucgb2312cn: 'gbk',
  eucjp: 'euc-jp',
  euckr: 'euc-kr',
  gb18030: 'gb18030',
  gb2312: 'gbk',
  gbk: 'gbk',
  hz: 'hz-gb-2312',
  hzgb2312: 'hz-gb-2312',
  iso2022jp: 'iso-2022-jp',
  iso2022jp1: 'iso-2022-jp',
  iso2022jp2: 'iso-2022-jp',
  iso2022jp3: 'iso-2022-jp',
  iso2022jp2004: 'iso-2022-jp',
  iso2022jpms: 'iso-2022-jp',
  csiso2022kr: 'iso-2022-kr',
  iso2022kr: 'iso-2022-kr',
  koi8: 'koi8-r',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  ksc5601: 'euc-kr',
  ksc56011987: 'euc-kr',
  maccyrillic: 'x-mac-cyrillic',
  macroman: 'macintosh',
  shiftjis: 'shift_jis',
  sjis: 'shift_jis',
  sjiswin: 'shift_jis',
  tis620: 'windows-874',
  ucs2: 'utf-16',
  uhc: 'euc-kr',
  utf16: 'utf-16',
  utf16be: 'utf-16be',
  utf16le: 'utf-16le',
  utf8: 'utf-8',
  xmacroman: 'macintosh',
};

/** Code page numbers, as in `cp932`, `windows-936`, `ms949`, `ibm866`. */
const CODE_PAGES: Readonly<Record<string, string>> = {
  '437': 'cp437',
  '850': 'cp850',
  '852': 'cp852',
  '858': 'cp858',
  '866': 'ibm866',
  '874': 'windows-874',
  '932': 'shift_jis',
  '936': 'gbk',
  '943': 'shift_jis',
  '949': 'euc-kr',
  '950': 'big5',
  '1250': 'windows-1250',
  '1251': 'windows-1251',
  '1252': 'windows-1252',
  '1253': 'windows-1253',
  '1254': 'windows-1254',
  '1255': 'windows-1255',
  '1256': 'windows-1256',
  '1257': 'windows-1257',
  '1258': 'windows-1258',
  '10000': 'macintosh',
  '20866': 'koi8-r',
  '21866': 'koi8-u',
  '50220': 'iso-2022-jp',
  '50221': 'iso-2022-jp',
  '50222': 'iso-2022-jp',
  '50225': 'iso-2022-kr',
  '51932': 'euc-jp',
  '51949': 'euc-kr',
  '52936': 'hz-gb-2312',
  '54936': 'gb18030',
  '65000': 'utf-7',
  '65001': 'utf-8',
};

/** Labels that say nothing, or that 8-bit data proves wrong: the bytes decide. */
const UNTOLD = new Set(['', 'ascii', 'usascii', 'iso646us', '646', 'ansix341968', '8bit', '7bit', 'binary', 'default']);

const decoders = new Map<string, Decode>();
/** Labels come from mail: a stranger must not fill the memory with them. */
const MAX_DECODERS = 256;

/**
 * Text in the charset that a MIME part, an encoded word or a parameter names. Never throws: bytes that the charset does
 * not have become U+FFFD, and where it is missing, unknown or US-ASCII, 8-bit data is UTF-8 if it is valid UTF-8, else
 * windows-1252. A byte order mark is dropped, and UTF-8's outweighs the label.
 */
export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return decodeUnlabelled(bytes);
  const label = charset === undefined ? '' : charset.trim().toLowerCase();
  let decode = decoders.get(label);
  if (!decode) {
    decode = findDecoder(label);
    if (decoders.size >= MAX_DECODERS) decoders.clear();
    if (label.length <= 40) decoders.set(label, decode);
  }
  return decode(bytes);
}

/**
 * Text from a "latin1 binary string" (one character a byte): UTF-8 where that is valid, else windows-1252. What holds
 * no 8-bit character comes back as it is, and so does text that is no binary string.
 */
export function decodeUtf8(binary: string): string {
  if (!/[\u0080-\uffff]/.test(binary) || /[\u0100-\uffff]/.test(binary)) return binary;
  return decodeUnlabelled(Buffer.from(binary, 'latin1'));
}

function findDecoder(label: string): Decode {
  const name = encodingName(label);
  const upperHalf = Object.hasOwn(UPPER_HALVES, name) ? UPPER_HALVES[name] : undefined;
  if (upperHalf !== undefined) return (bytes) => decodeUpperHalf(bytes, upperHalf);
  if (name === '') return decodeUnlabelled;
  if (name === 'iso-2022-kr') return decodeIso2022Kr;
  if (name === 'hz-gb-2312') return decodeHz;
  if (name === 'utf-7') return (bytes) => decodeUtf7(latin1(bytes));
  if (name === 'utf-16') return decodeUtf16;
  if (!LABELS.has(name)) return decodeUnlabelled;
  try {
    const decoder = new TextDecoder(name);
    if (decoder.encoding === 'windows-1252') return decodeWindows1252;
    if (decoder.encoding === 'euc-kr') return decodeUhc;
    if (decoder.encoding === 'big5') return decodeBig5;
    return (bytes) => decoder.decode(bytes);
  } catch {
    return decodeUnlabelled;
  }
}

/** The name to give to TextDecoder, or one of this file's own; empty where the label says nothing. */
function encodingName(label: string): string {
  const compact = label.replace(/[^a-z0-9]/g, '');
  if (UNTOLD.has(compact)) return '';
  if (Object.hasOwn(ALIASES, compact)) return ALIASES[compact] ?? '';
  if (compact.endsWith('utf7')) return 'utf-7';
  if (Object.hasOwn(UPPER_HALVES, compact)) return compact;
  // Zeros stand in one place alone: a second one that could take them would make it quadratic.
  const codePage = /^(?:x|cs)?(?:cp|ibm|ms|dos|win|windows|codepage)0*([1-9]\d{0,4})$/.exec(compact)?.[1];
  if (codePage !== undefined && Object.hasOwn(CODE_PAGES, codePage)) return CODE_PAGES[codePage] ?? '';
  const iso = /^(?:iso)?8859(\d{1,2})[ie]?$/.exec(compact)?.[1];
  if (iso !== undefined) return `iso-8859-${iso}`;
  const latin = /^(?:iso)?latin(\d)$/.exec(compact)?.[1];
  return latin === undefined ? label : `l${latin}`;
}

function decodeUnlabelled(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (text.includes('\ufffd') && !isUtf8(bytes)) return decodeWindows1252(bytes);
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Also where the last character is cut off, if others are whole. A TextDecoder would throw, which is slow. */
export function isUtf8(bytes: Uint8Array): boolean {
  const given = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = given.toString('utf8');
  // What is no UTF-8 became U+FFFD, whose own bytes are others.
  if (!text.includes('\ufffd') || Buffer.from(text).equals(given)) return true;
  const whole = text.slice(0, -1);
  if (!text.endsWith('\ufffd') || !/[\u0080-\uffff]/.test(whole)) return false;
  const before = Buffer.from(whole);
  const lead = given[before.length] ?? 0;
  return lead >= 0xc2 && lead <= 0xf4 && before.equals(given.subarray(0, before.length));
}

/** RFC 2781 §4.3: the byte order mark decides, else big-endian; but much mail without a mark is Windows' little-endian. */
function decodeUtf16(bytes: Uint8Array): string {
  const littleEndian = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] !== 0 && bytes[1] === 0);
  return new TextDecoder(littleEndian ? 'utf-16le' : 'utf-16be').decode(bytes);
}
