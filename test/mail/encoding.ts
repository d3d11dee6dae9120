/** From text to the bytes that mail carries. */

const tables = new Map<string, Map<string, readonly number[]>>();

/** Text in a charset. What it cannot hold becomes a question mark. */
export function encodeCharset(text: string, charset: string): Buffer {
  switch (charset) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-7':
      return utf7(text);
    case 'iso-2022-jp':
      return iso2022jp(text);
  }
  const table = tableOf(charset);
  const bytes: number[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else bytes.push(...(table.get(char) ?? [0x3f]));
  }
  return Buffer.from(bytes);
}

/** RFC 2152. */
function utf7(text: string): Buffer {
  const shifted = (run: string) => `+${Buffer.from(run, 'utf16le').swap16().toString('base64').replace(/=+$/, '')}-`;
  return Buffer.from(text.replace(/\+/g, '+-').replace(/[\u0080-\u{10ffff}]+/gu, shifted), 'latin1');
}

/** RFC 1468: EUC-JP without the high bits, between escape sequences. */
function iso2022jp(text: string): Buffer {
  const bytes: number[] = [];
  let wide = false;
  for (const char of text) {
    const euc = char < '\x80' ? undefined : encodeCharset(char, 'euc-jp');
    const [high = 0, low] = euc ?? [];
    if (low !== undefined) {
      if (!wide) bytes.push(0x1b, 0x24, 0x42);
      wide = true;
      bytes.push(high & 0x7f, low & 0x7f);
    } else {
      if (wide) bytes.push(0x1b, 0x28, 0x42);
      wide = false;
      bytes.push(euc ? 0x3f : char.charCodeAt(0));
    }
  }
  if (wide) bytes.push(0x1b, 0x28, 0x42);
  return Buffer.from(bytes);
}

/** The platform only decodes, so each charset's table is made by decoding all that it could hold. */
function tableOf(charset: string): Map<string, readonly number[]> {
  const known = tables.get(charset);
  if (known) return known;
  const table = new Map<string, readonly number[]>();
  const decoder = new TextDecoder(charset);
  // some versions of Node decode windows-1252 as latin1, so 0x80 to 0x9f are given here
  if (charset === 'windows-1252') {
    const upper = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';
    for (const [index, char] of [...upper].entries()) table.set(char, [0x80 + index]);
  }
  const add = (...bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if ([...text].length === 1 && text !== '\ufffd' && !table.has(text)) table.set(text, bytes);
  };
  for (let byte = 0x80; byte < 0x100; byte++) add(byte);
  if (/jis|euc|gb|big5/.test(charset)) {
    for (let lead = 0x81; lead < 0xff; lead++) {
      for (let trail = 0x40; trail < 0xff; trail++) if (trail !== 0x7f) add(lead, trail);
    }
  }
  tables.set(charset, table);
  return table;
}

/** RFC 2045 §6.7. CRLF in the input is a line break. */
export function quotedPrintable(bytes: Buffer): string {
  let line = '';
  let out = '';
  const put = (text: string) => {
    if (line.length + text.length > 75) {
      out += `${line}=\r\n`;
      line = '';
    }
    line += text;
  };
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x0d && bytes[i + 1] === 0x0a) {
      out += `${line}\r\n`;
      line = '';
      i++;
      continue;
    }
    const lineEnd = i + 1 === bytes.length || (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a);
    const literal = (byte > 0x20 && byte < 0x7f && byte !== 0x3d) || ((byte === 0x20 || byte === 0x09) && !lineEnd);
    put(literal ? String.fromCharCode(byte) : `=${hexByte(byte)}`);
  }
  return out + line;
}

/** RFC 2045 §6.8, without a line end after the last line. */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
}

/** RFC 2047 encoded words of at most 75 characters, folded; no character is split between two. */
export function encodedWords(text: string, charset: string, encoding: 'B' | 'Q'): string {
  const render = (part: string): string => {
    const bytes = encodeCharset(part, charset.toLowerCase());
    return encoding === 'B' ? bytes.toString('base64') : qEncoded(bytes);
  };
  const room = 75 - charset.length - 7;
  let budget = room - 10; // the first one shares its line with the name of the header
  const words: string[] = [];
  let current = '';
  for (const char of text) {
    if (current && render(current + char).length > budget) {
      words.push(current);
      current = '';
      budget = room;
    }
    current += char;
  }
  words.push(current);
  return words.map((word) => `=?${charset}?${encoding}?${render(word)}?=`).join('\r\n ');
}

function qEncoded(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    text += /[0-9A-Za-z]/.test(char) ? char : char === ' ' ? '_' : `=${hexByte(byte)}`;
  }
  return text;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

/** A header whose parts are folded at 76 columns; `indent` starts the further lines. */
export function foldedHeader(name: string, parts: readonly string[], indent = ' '): string {
  let out = `${name}:`;
  let column = out.length;
  for (const part of parts) {
    if (column + 1 + part.length > 76 && column > name.length + 1) {
      out += `\r\n${indent}${part}`;
      column = 1 + part.length;
    } else {
      out += ` ${part}`;
      column += 1 + part.length;
    }
  }
  return `${out}\r\n`;
}
