/** A one-pixel PNG. */
export const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
);

/** Readings of four sensors, some 200 KB: the largest attachment here. */
export function readings(): Buffer {
  const rows = ['time,north,east,south,west'];
  let seed = 1;
  const next = () => {
    seed = (seed * 48271) % 2147483647;
    return (10 + (seed % 1500) / 100).toFixed(2);
  };
  for (let minute = 0; minute < 7000; minute++) rows.push([minute, next(), next(), next(), next()].join());
  return Buffer.from(`${rows.join('\n')}\n`);
}
