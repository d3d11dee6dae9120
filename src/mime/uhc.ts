/**
 * Unified Hangul Code (windows-949), which mail calls ks_c_5601-1987 or euc-kr: EUC-KR and the 8,822 other modern
 * syllables. Node's euc-kr lacks these. They stand in Unicode's order, so that no table is needed.
 */
export function decodeUhc(bytes: Uint8Array): string {
  const text: string[] = [];
  let done = 0;
  for (let i = 0; i + 1 < bytes.length; ) {
    const lead = bytes[i] ?? 0;
    const char = lead < 0x81 ? undefined : addedCharacter(lead, bytes[i + 1] ?? 0);
    if (char !== undefined) {
      if (done < i) text.push(decodeEucKr(bytes.subarray(done, i)));
      text.push(char);
      done = i + 2;
    }
    i += lead < 0x81 ? 1 : 2;
  }
  text.push(decodeEucKr(bytes.subarray(done)));
  return text.join('');
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;

let eucKrDecoder: InstanceType<typeof TextDecoder> | undefined;
let addedSyllables: string[] | undefined;

function decodeEucKr(bytes: Uint8Array): string {
  eucKrDecoder ??= new TextDecoder('euc-kr');
  return eucKrDecoder.decode(bytes);
}

/** The syllables that KS X 1001 (rows 0xB0 to 0xC8 of EUC-KR) does not have. */
function added(): string[] {
  if (addedSyllables) return addedSyllables;
  const basic = new Set<string>();
  for (let lead = 0xb0; lead <= 0xc8; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) basic.add(decodeEucKr(Uint8Array.of(lead, trail)));
  }
  addedSyllables = [];
  for (let code = FIRST_SYLLABLE; code <= LAST_SYLLABLE; code++) {
    const syllable = String.fromCharCode(code);
    if (!basic.has(syllable)) addedSyllables.push(syllable);
  }
  return addedSyllables;
}

function addedCharacter(lead: number, trail: number): string | undefined {
  // Added to KS X 1001 in 1998.
  if (lead === 0xa2 && trail === 0xe6) return '€';
  if (lead === 0xa2 && trail === 0xe7) return '®';
  const place = placeOf(lead, trail);
  return place < 0 ? undefined : added()[place];
}

/** The place of a pair among the added syllables, or -1. Rows 0x81–0xA0 have 178 places, 0xA1–0xC6 have 84. */
function placeOf(lead: number, trail: number): number {
  const column = columnOf(trail);
  if (column < 0 || lead > 0xc6) return -1;
  if (lead <= 0xa0) return (lead - 0x81) * 178 + column;
  return column < 84 ? 0x20 * 178 + (lead - 0xa1) * 84 + column : -1;
}

function columnOf(trail: number): number {
  if (trail >= 0x41 && trail <= 0x5a) return trail - 0x41;
  if (trail >= 0x61 && trail <= 0x7a) return trail - 0x61 + 26;
  if (trail >= 0x81 && trail <= 0xfe) return trail - 0x81 + 52;
  return -1;
}
