// What a client must have made of a message: the clients' own shapes are brought to this one first (`normalise`).
import { messageOf } from './message.mjs';

/** @import { Addressee, Envelope, Structure } from './message.mjs' */

/** @param {Addressee[]} list @returns {object[]} */
const addresses = (list) =>
  list.map((one) =>
    'group' in one
      ? { group: one.group, members: addresses(one.members) }
      : { ...(one.name ? { name: one.name } : {}), address: `${one.mailbox}@${one.host}` },
  );

/** @param {Envelope} e */
const envelope = (e) => ({
  date: e.dateMs,
  rawDate: e.date,
  subject: e.subject ?? '',
  rawSubject: Buffer.from(e.rawSubject ?? '').toString('latin1'),
  from: addresses(e.from),
  sender: addresses(e.sender),
  replyTo: addresses(e.replyTo),
  to: addresses(e.to),
  cc: addresses(e.cc),
  bcc: addresses(e.bcc),
  inReplyTo: e.inReplyTo ?? '',
  messageId: e.messageId,
});

/** @param {Structure} s @param {string} part @returns {object} */
function structure(s, part) {
  const child = (/** @type {number} */ i) => (part ? `${part}.${i + 1}` : String(i + 1));
  return {
    type: `${s.type}/${s.subtype}`,
    params: Object.fromEntries(s.params),
    disposition: s.disposition?.type,
    language: s.language,
    location: s.location,
    ...(s.parts
      ? { parts: s.parts.map((one, i) => structure(one, child(i))) }
      : {
          part: part || '1',
          id: s.id,
          description: s.description,
          encoding: s.encoding,
          size: s.size,
          lines: s.lines,
          md5: s.md5,
          filename: s.filename,
          ...(s.envelope && s.body
            ? { envelope: envelope(s.envelope), body: structure(s.body, s.body.parts ? part : `${part}.1`) }
            : {}),
        }),
  };
}

/** @param {number} seq */
export function expected(seq) {
  const message = messageOf(seq);
  return {
    uid: message.uid,
    seq,
    flags: [...message.flags].sort(),
    internalDate: message.internalDateMs,
    size: message.size,
    envelope: envelope(message.envelope),
    structure: structure(message.structure, ''),
  };
}

/**
 * Where the two differ, or undefined. What the client does not tell (no such key, or undefined) is not compared,
 * unless `strict`: then everything that was sent must be there.
 * @param {any} wanted @param {any} actual @param {boolean} strict @param {string} path @returns {string | undefined}
 */
export function difference(wanted, actual, strict, path = '') {
  if (actual === undefined && (!strict || wanted === undefined)) return undefined;
  if (wanted === undefined) return undefined;
  if (typeof wanted !== 'object' || typeof actual !== 'object' || actual === null) {
    return wanted === actual ? undefined : `${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`;
  }
  if (Array.isArray(wanted) && wanted.length !== actual.length)
    return `${path}: ${actual.length} instead of ${wanted.length}`;
  for (const key of Object.keys(wanted)) {
    const found = difference(wanted[key], actual[key], strict, `${path}.${key}`);
    if (found) return found;
  }
  return undefined;
}
