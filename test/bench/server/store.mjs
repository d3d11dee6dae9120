// What the replay server has to say, made into bytes before it is asked for.
import { bodyOf, textAt } from '../corpus/body.mjs';
import { flagsOf, internalDateOf, messageOf, uidOf } from '../corpus/message.mjs';
import { envelope, structure } from '../corpus/wire.mjs';

/**
 * @typedef {{ exists: number, bodySize?: number, mailboxes?: number, tokens?: number, prepare?: string[][] }} StoreConfig
 *   bodySize: bytes of each message's text; mailboxes: how many LIST tells of; tokens: flags on the first message;
 *   prepare: the sets of FETCH items to have ready
 * @typedef {{ endless: number, from: number }} Text so many bytes of the endless text from an offset
 * @typedef {(Buffer | Text)[]} Reply
 */

const PIECE = 1 << 20;
/** Texts above this are written from the repeating block and never held. */
const HELD = 1 << 20;

/** @param {number} uid */
function seqOf(uid) {
  const seq = Math.floor((uid * 7) / 8);
  for (let near = Math.max(1, seq - 1); near <= seq + 2; near++) if (uidOf(near) === uid) return near;
  return undefined;
}

export class Store {
  /** @type {Map<string, Reply>} */ #whole = new Map();
  /** @type {Buffer | undefined} */ #list;
  /** @type {Buffer | undefined} */ #search;
  /** @type {import('../corpus/message.mjs').Message | undefined} */ #latest;

  /** @param {StoreConfig} config */
  constructor(config) {
    this.config = config;
    for (const items of config.prepare ?? []) this.fetch(`1:${config.exists}`, true, items);
  }

  get uidNext() {
    return uidOf(this.config.exists) + 1;
  }

  /** The answer to a FETCH. @param {string} set @param {boolean} byUid @param {string[]} items @returns {Reply} */
  fetch(set, byUid, items) {
    const seqs = this.sequence(set, byUid);
    if (seqs.length !== 1 || seqs[0]?.[0] !== 1 || seqs[0]?.[1] !== this.config.exists)
      return this.#render(seqs, items);
    const key = items.join(' ');
    const reply = this.#whole.get(key) ?? this.#render(seqs, items);
    this.#whole.set(key, reply);
    return reply;
  }

  /** A set as ranges of sequence numbers. @param {string} set @param {boolean} byUid @returns {[number, number][]} */
  sequence(set, byUid) {
    const last = this.config.exists;
    /** @type {[number, number][]} */
    const ranges = [];
    for (const part of set.split(',')) {
      const [a = '', b = a] = part.split(':');
      const numbers = [a, b].map((text) => (text === '*' ? (byUid ? uidOf(last) : last) : Number(text)));
      const low = Math.min(...numbers);
      const high = Math.max(...numbers);
      if (!byUid) ranges.push([Math.max(1, low), Math.min(last, high)]);
      else ranges.push([this.#firstFrom(low), this.#lastUpTo(high)]);
    }
    return ranges.filter(([first, end]) => first <= end);
  }

  /** @param {number} uid */
  #firstFrom(uid) {
    let at = uid;
    while (at < this.uidNext && seqOf(at) === undefined) at++;
    return seqOf(at) ?? this.config.exists + 1;
  }

  /** @param {number} uid */
  #lastUpTo(uid) {
    let at = Math.min(uid, this.uidNext - 1);
    while (at > 0 && seqOf(at) === undefined) at--;
    return seqOf(at) ?? 0;
  }

  /** @param {[number, number][]} ranges @param {string[]} items @returns {Reply} */
  #render(ranges, items) {
    /** @type {Reply} */
    const reply = [];
    /** @type {Buffer[]} */
    let held = [];
    let size = 0;
    const flush = () => {
      if (held.length > 0) reply.push(Buffer.concat(held));
      held = [];
      size = 0;
    };
    for (const [first, last] of ranges) {
      for (let seq = first; seq <= last; seq++) {
        for (const piece of this.#message(seq, items)) {
          if (Buffer.isBuffer(piece)) {
            held.push(piece);
            size += piece.length;
          } else {
            flush();
            reply.push(piece);
          }
        }
        if (size >= PIECE) flush();
      }
    }
    flush();
    return reply;
  }

  /** @param {number} seq @param {string[]} items @returns {Reply} */
  #message(seq, items) {
    const body = items.find((item) => item.startsWith('BODY['));
    const words = items.filter((item) => item !== body).map((item) => `${item} ${this.#value(seq, item)}`);
    const head = `* ${seq} FETCH (${words.join(' ')}`;
    if (!body) return [Buffer.from(`${head})\r\n`, 'latin1')];
    const size = this.config.bodySize ?? 0;
    const [, origin, length] = /<(\d+)\.(\d+)>$/.exec(body) ?? [];
    const from = Math.min(Number(origin ?? 0), size);
    const count = Math.min(Number(length ?? size), size - from);
    const label = origin === undefined ? 'BODY[]' : `BODY[]<${origin}>`;
    const start = Buffer.from(`${head}${words.length > 0 ? ' ' : ''}${label} {${count}}\r\n`, 'latin1');
    const end = Buffer.from(')\r\n');
    if (size > HELD) return [start, count > HELD ? { endless: count, from } : textAt(from, count), end];
    return [start, bodyOf(seq, size).subarray(from, from + count), end];
  }

  /** @param {number} seq @param {string} item */
  #value(seq, item) {
    switch (item) {
      case 'UID':
        return uidOf(seq);
      case 'FLAGS':
        return this.config.tokens ? `(${this.#tokens(this.config.tokens)})` : `(${flagsOf(seq).join(' ')})`;
      case 'INTERNALDATE':
        return `"${internalDateOf(seq).text}"`;
      case 'ENVELOPE':
        return envelope(this.#of(seq).envelope);
      case 'BODYSTRUCTURE':
        return structure(this.#of(seq).structure);
      default:
        return this.config.bodySize ?? this.#of(seq).size;
    }
  }

  /** @param {number} seq */
  #of(seq) {
    if (this.#latest?.seq !== seq) this.#latest = messageOf(seq);
    return this.#latest;
  }

  /** @param {number} count */
  #tokens(count) {
    return Array.from({ length: count }, (_, i) => `k${i}`).join(' ');
  }

  /** Every UID, on one line. @returns {Buffer} */
  search() {
    if (!this.#search) {
      const numbers = [];
      for (let seq = 1; seq <= this.config.exists; seq++) numbers.push(uidOf(seq));
      this.#search = Buffer.from(`* SEARCH ${numbers.join(' ')}\r\n`);
    }
    return this.#search;
  }

  /** @param {string} name LIST or LSUB @param {string} pattern @returns {Buffer} */
  list(name, pattern) {
    if (pattern === '') return Buffer.from(`* ${name} (\\Noselect) "/" ""\r\n`);
    if (!/[*%]/.test(pattern)) return Buffer.from(`* ${name} (\\HasNoChildren) "/" "${pattern}"\r\n`);
    if (!this.#list) {
      const lines = ['* LIST (\\HasNoChildren) "/" "INBOX"'];
      for (let i = 1; i < (this.config.mailboxes ?? 1); i++)
        lines.push(`* LIST (\\HasNoChildren) "/" "${mailboxName(i)}"`);
      this.#list = Buffer.from(`${lines.join('\r\n')}\r\n`);
    }
    // without LSUB's lines of its own: a client that asks for both is told of the subscribed INBOX only
    return name === 'LIST' ? this.#list : Buffer.from(`* ${name} () "/" "INBOX"\r\n`);
  }

  /** @param {string} name @param {string[]} items */
  status(name, items) {
    const number = Number(/(\d+)"?$/.exec(name)?.[1] ?? 0);
    const values = items.map(
      (item) => `${item} ${item === 'MESSAGES' ? number : item === 'UIDVALIDITY' ? 1700000000 : 1}`,
    );
    return Buffer.from(`* STATUS ${name} (${values.join(' ')})\r\n`);
  }
}

/** @param {number} i */
export const mailboxName = (i) => `Projects/team-${i % 100}/box-${i}`;
