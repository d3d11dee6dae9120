/** Of the private characters that Node's big5 has for what ETEN added to Big5: Japanese, Russian, numbers in circles. */
const FIRST_PRIVATE = 0xf6b1;

let added: string[] | undefined;
let big5Decoder: InstanceType<typeof TextDecoder> | undefined;

/** Big5 as the Encoding Standard has it, up to 0xC875: Taiwan's mail writes 「の」 (0xC7 0x55). */
export function decodeBig5(bytes: Uint8Array): string {
  big5Decoder ??= new TextDecoder('big5');
  added ??= addedCharacters();
  const characters = added;
  return big5Decoder
    .decode(bytes)
    .replace(/[\uf6b1-\uf7e1]/g, (char) => characters[char.charCodeAt(0) - FIRST_PRIVATE] ?? char);
}

/** 0xC6A1–0xC6FE, 0xC740–0xC7FE, 0xC840–0xC875, in their order. */
function addedCharacters(): string[] {
  return [
    ...run('①', 10),
    ...run('⑴', 10),
    ...run('ⅰ', 10),
    // Strokes and radicals, which no text needs.
    ...run('\uf6cf', 25),
    ...'¨ˆヽヾゝゞ〃仝々〆〇ー［］✽',
    ...run('ぁ', 83),
    ...run('ァ', 86),
    ...cyrillic('АЁЖ'),
    ...cyrillic('аёж'),
  ];
}

/** The alphabet, where the seventh letter stands apart in Unicode. */
function cyrillic([first = '', seventh = '', eighth = '']: string): string[] {
  return [...run(first, 6), seventh, ...run(eighth, 26)];
}

function run(first: string, length: number): string[] {
  return Array.from({ length }, (_, i) => String.fromCharCode(first.charCodeAt(0) + i));
}
