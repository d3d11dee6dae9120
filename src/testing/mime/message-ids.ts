import { FieldReader } from './structured.ts';

const LOCAL_ATOM = /[^()<>@,;:\\"[\] \t\r\n.]+/y;

/** The msg-ids of a References, In-Reply-To or Message-ID field (RFC 5322 §3.6.4), without their angle brackets. */
export function messageIds(value: string): string[] {
  const reader = new FieldReader(value);
  const ids: string[] = [];
  while (!reader.atEnd) {
    reader.skip();
    if (reader.take('<')) {
      const id = readId(reader);
      if (id !== undefined) ids.push(id);
    } else if (reader.peek() === '"') reader.quoted();
    else reader.next();
  }
  return ids;
}

/** id-left "@" id-right ">": `<"01KF8J".x@d>` and `<01KF8J.x@d>` are the same (RFC 5256 §2.2). */
function readId(reader: FieldReader): string | undefined {
  const left = readWords(reader);
  if (left === '' || !reader.take('@')) return undefined;
  reader.skip();
  const right = reader.match(/\[[^\]]*\]/y) ?? readWords(reader);
  reader.skip();
  return right !== '' && reader.take('>') ? `${left}@${right}` : undefined;
}

function readWords(reader: FieldReader): string {
  let text = '';
  for (;;) {
    reader.skip();
    if (reader.peek() === '"') text += reader.quoted();
    else if (reader.take('.')) text += '.';
    else {
      const atom = reader.match(LOCAL_ATOM);
      if (atom === undefined) return text;
      text += atom;
    }
  }
}
