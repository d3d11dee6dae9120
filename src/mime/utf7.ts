/** Half a surrogate pair is no character: U+FFFD. */
const utf16 = new TextDecoder('utf-16be', { ignoreBOM: true });

/**
 * UTF-7 (RFC 2152): `+` opens a run of base64 that holds UTF-16BE, any other character ends it, and `-` only ends it.
 * `+-` is `+`. A `+` that opens nothing stays, and so do 8-bit characters.
 */
export function decodeUtf7(text: string): string {
  let decoded = '';
  let done = 0;
  for (let plus = text.indexOf('+'); plus >= 0; plus = text.indexOf('+', done)) {
    decoded += text.slice(done, plus);
    let end = plus + 1;
    while (isBase64(text.charCodeAt(end))) end++;
    const closed = text.charAt(end) === '-';
    if (end > plus + 1) decoded += decodeRun(text.slice(plus + 1, end));
    else decoded += '+';
    done = closed ? end + 1 : end;
  }
  return decoded + text.slice(done);
}

function decodeRun(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  // Up to 14 bits fill the last character up: an odd byte is part of them.
  return utf16.decode(bytes.subarray(0, bytes.length & ~1));
}

function isBase64(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2b ||
    code === 0x2f
  );
}
