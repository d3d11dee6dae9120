/**
 * The Message IDs in a Message-ID, In-Reply-To or References field, without their angle brackets:
 *
 *     msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]      RFC 5322 §3.6.4
 *
 * Equal ones are equal strings: quoting and white space inside them mean nothing (RFC 5256 §3, REFERENCES). What else
 * stands in the field (phrases in an old In-Reply-To) is passed over.
 */
export function parseMessageIds(field: string): string[] {
  const ids: string[] = [];
  for (let end = field.indexOf('>'); end >= 0; end = field.indexOf('>', end + 1)) {
    const start = startOf(field, end);
    if (start < 0) continue;
    const id = field.slice(start, end).replace(/[ \t\r\n"\\]+/g, '');
    const at = id.indexOf('@');
    if (at > 0 && at < id.length - 1) ids.push(id);
  }
  return ids;
}

/** Behind the "<" that a ">" belongs to, the nearest one; -1 if another ">" or the field's beginning comes first. */
function startOf(field: string, end: number): number {
  for (let i = end - 1; i >= 0; i--) {
    const char = field.charAt(i);
    if (char === '<') return i + 1;
    if (char === '>') return -1;
  }
  return -1;
}
