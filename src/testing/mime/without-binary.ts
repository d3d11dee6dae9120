import { encoding } from './body-structure.ts';
import { type Part, parseStructure } from './structure.ts';

/**
 * A message that came as literal8, so that every FETCH can give it: parts in the transfer encoding `binary` become base64, as
 * RFC 3516 §4.3 allows and servers do it.
 */
export function withoutBinary(raw: Buffer): Buffer {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const { header, bodyStart, bodyEnd } of leaves(parseStructure(raw))) {
    const field = header.fields.findLast(({ name }) => name === 'content-transfer-encoding');
    if (!field || encoding(header).toLowerCase() !== 'binary') continue;
    pieces.push(raw.subarray(at, field.valueStart), Buffer.from(' base64\r\n'), raw.subarray(field.end, bodyStart));
    pieces.push(Buffer.from(base64Lines(raw.subarray(bodyStart, bodyEnd))));
    at = bodyEnd;
  }
  return Buffer.concat([...pieces, raw.subarray(at)]);
}

function leaves(part: Part): Part[] {
  return part.kind === 'leaf' ? [part] : part.children.flatMap(leaves);
}

function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}|.+$/g, '$&\r\n');
}
