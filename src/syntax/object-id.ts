import type { Reader } from '../wire/reader.ts';

/** "(" objectid ")" / nil (RFC 8474 §7) */
export function readObjectId(reader: Reader): string | undefined {
  if (reader.nil()) return undefined;
  let id: string | undefined;
  reader.list(() => {
    id = reader.astring();
  });
  return id;
}
