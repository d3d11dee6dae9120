import { once } from 'node:events';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';
import { BLOCK } from '../corpus/body.mjs';
import { flagsOf, uidOf } from '../corpus/message.mjs';

/**
 * @typedef {{ capabilities: string, announce: 'unasked' | 'asked', rtt: number }} Announced
 *   rtt: ms of a round trip; unasked: capabilities stand in the greeting and in the answer to LOGIN, as most servers do it
 * @typedef {{ commands: number, idle: number, connections: number, resumed: number, appended: number, turns: number }} Counters
 *   resumed: TLS sessions, since it was last asked; turns: how often the connection that was closed last had to wait
 *   for an answer before it said more, its round trips after the greeting
 */

const CRLF = Buffer.from('\r\n');

/** One connection to the replay server: reads commands, writes what the store has prepared. */
export class Session {
  #stream;
  #store;
  #announced;
  #counters;
  /** What came and is not yet a whole command. */
  /** @type {Buffer} */ #input = Buffer.alloc(0);
  /** The lines of the command under way, its literals left out. */
  #line = '';
  /** Bytes of a literal still to be skipped. */
  #skip = 0;
  #idleTag = '';
  #sasl = '';
  /** @type {import('./store.mjs').Reply} */ #output = [];
  #writing = false;
  #turns = 0;
  /** When the first answer since the latest round trip was written. */
  #answeredAt = Number.NaN;
  /** What waits for the socket to take more. */
  #room = () => {};
  /** From COMPRESS on: what is written goes through it. @type {import('node:zlib').DeflateRaw | undefined} */ #deflate;

  /**
   * @param {import('node:stream').Duplex} stream @param {import('./store.mjs').Store} store
   * @param {Announced} announced @param {Counters} counters
   */
  constructor(stream, store, announced, counters) {
    this.#stream = stream;
    this.#store = store;
    this.#announced = announced;
    this.#counters = counters;
    stream.on('data', (chunk) => this.#receive(chunk));
    stream.on('error', () => stream.destroy());
    stream.on('drain', () => this.#room());
    stream.on('close', () => {
      counters.turns = this.#turns;
      this.#room();
      if (this.#idleTag) counters.idle--;
    });
    this.#say(`* OK ${this.#code()}ready\r\n`);
    this.#flush();
  }

  #code() {
    return this.#announced.announce === 'unasked' ? `[CAPABILITY ${this.#announced.capabilities}] ` : '';
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    // what was on its way before the answer can have been there did not wait for it; a timer may be 1 ms early
    if (performance.now() - this.#answeredAt >= this.#announced.rtt - 1) {
      this.#turns++;
      this.#answeredAt = Number.NaN;
    }
    this.#input = this.#input.length > 0 ? Buffer.concat([this.#input, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const skipped = Math.min(this.#skip, this.#input.length - at);
      this.#skip -= skipped;
      at += skipped;
      if (this.#skip > 0) break;
      const end = this.#input.indexOf(CRLF, at);
      if (end < 0) break;
      this.#take(this.#input.toString('latin1', at, end));
      at = end + 2;
    }
    this.#input = this.#input.subarray(at);
    this.#flush();
  }

  /** @param {string} text a line without its end */
  #take(text) {
    this.#line += text;
    const literal = text.endsWith('}') ? /~?\{(\d+)(\+?)\}$/.exec(text) : null;
    if (literal) {
      this.#skip = Number(literal[1]);
      if (!literal[2]) this.#say('+ go on\r\n');
      return;
    }
    const line = this.#line;
    this.#line = '';
    this.#command(line);
  }

  /** @param {string} line */
  #command(line) {
    if (this.#idleTag && /^DONE$/i.test(line)) {
      this.#say(`${this.#idleTag} OK IDLE done\r\n`);
      this.#idleTag = '';
      this.#counters.idle--;
      return;
    }
    if (this.#sasl) {
      const tag = this.#sasl;
      this.#sasl = '';
      this.#say(`${tag} OK ${this.#code()}authenticated\r\n`);
      return;
    }
    this.#counters.commands++;
    const space = line.indexOf(' ');
    const tag = line.slice(0, space);
    let [name = '', ...args] = line.slice(space + 1).split(' ');
    let byUid = false;
    if (name.toUpperCase() === 'UID') {
      byUid = true;
      name = args.shift() ?? '';
    }
    this.#answer(tag, name.toUpperCase(), args, byUid);
  }

  /** @param {string} tag @param {string} name @param {string[]} args @param {boolean} byUid */
  #answer(tag, name, args, byUid) {
    const ok = () => this.#say(`${tag} OK ${name} done\r\n`);
    switch (name) {
      case 'FETCH':
        for (const piece of this.#store.fetch(args[0] ?? '', byUid, itemsOf(args.slice(1), byUid)))
          this.#output.push(piece);
        return ok();
      case 'STORE':
        this.#stored(args, byUid);
        return ok();
      case 'SEARCH':
        this.#output.push(this.#store.search());
        return ok();
      case 'STATUS':
        this.#output.push(this.#store.status(args[0] ?? '', words(args.slice(1))));
        return ok();
      case 'LIST':
      case 'LSUB':
        this.#output.push(this.#store.list(name, unquoted(args[1] ?? '')));
        return ok();
      case 'APPEND':
        this.#counters.appended += appended(args);
        return this.#say(
          `${tag} OK [APPENDUID 1700000000 ${this.#store.uidNext + this.#counters.appended - 1}] done\r\n`,
        );
      default:
        return this.#answerSmall(tag, name, args, ok);
    }
  }

  /** What belongs to the connection and not to messages. @param {string} tag @param {string} name @param {string[]} args @param {() => void} ok */
  #answerSmall(tag, name, args, ok) {
    switch (name) {
      case 'CAPABILITY':
        this.#say(`* CAPABILITY ${this.#announced.capabilities}\r\n`);
        return ok();
      case 'ID':
        this.#say('* ID ("name" "Replay" "version" "1")\r\n');
        return ok();
      case 'NAMESPACE':
        this.#say('* NAMESPACE (("" "/")) NIL NIL\r\n');
        return ok();
      case 'ENABLE':
        this.#say('* ENABLED\r\n');
        return ok();
      case 'LOGIN':
        return this.#say(`${tag} OK ${this.#code()}logged in\r\n`);
      case 'AUTHENTICATE':
        if (args.length > 1) return this.#say(`${tag} OK ${this.#code()}authenticated\r\n`);
        this.#sasl = tag;
        return this.#say('+ \r\n');
      case 'SELECT':
      case 'EXAMINE':
        return this.#selected(tag, name);
      case 'COMPRESS':
        return void this.#compress(ok);
      case 'IDLE':
        this.#idleTag = tag;
        this.#counters.idle++;
        return this.#say('+ idling\r\n');
      case 'XCOUNTERS':
        this.#say(`* XCOUNTERS ${JSON.stringify(this.#counters)}\r\n`);
        this.#counters.resumed = 0;
        return ok();
      case 'LOGOUT':
        this.#say('* BYE\r\n');
        ok();
        this.#flush();
        return void this.#stream.end();
      case 'NOOP':
      case 'CHECK':
      case 'CLOSE':
      case 'UNSELECT':
        return ok();
      default:
        return this.#say(`${tag} BAD unknown command\r\n`);
    }
  }

  /** From here on both directions are one DEFLATE stream each (RFC 4978). @param {() => void} ok */
  #compress(ok) {
    ok();
    this.#stream.write(Buffer.concat(/** @type {Buffer[]} */ (this.#output)));
    this.#output = [];
    this.#stream.removeAllListeners('data');
    const inflate = createInflateRaw().on('data', (chunk) => this.#receive(chunk));
    // clients go without ending their stream
    this.#stream.pipe(inflate).on('error', () => this.#stream.destroy());
    this.#deflate = createDeflateRaw({ level: constants.Z_BEST_SPEED });
    this.#deflate.on('data', (chunk) => this.#stream.write(chunk));
  }

  /** @param {string[]} args @param {boolean} byUid */
  #stored(args, byUid) {
    const [set = '', item = '', ...rest] = args;
    if (/SILENT/i.test(item)) return;
    const given = words(rest);
    for (const [first, last] of this.#store.sequence(set, byUid)) {
      for (let seq = first; seq <= last; seq++) {
        const flags = new Set(item.startsWith('+') ? [...flagsOf(seq), ...given] : given);
        this.#say(`* ${seq} FETCH (UID ${uidOf(seq)} FLAGS (${[...flags].join(' ')}))\r\n`);
      }
    }
  }

  /** @param {string} tag @param {string} name */
  #selected(tag, name) {
    this.#say(
      '* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded $Label1 NonJunk work)\r\n' +
        '* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded $Label1 NonJunk work \\*)] kept\r\n' +
        `* ${this.#store.config.exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1700000000] ok\r\n` +
        `* OK [UIDNEXT ${this.#store.uidNext}] ok\r\n${tag} OK [READ-${name === 'SELECT' ? 'WRITE' : 'ONLY'}] ${name} done\r\n`,
    );
  }

  /** @param {string} text latin1 */
  #say(text) {
    this.#output.push(Buffer.from(text, 'latin1'));
  }

  /** Writes what has gathered, small pieces together, no faster than the socket takes it. */
  async #flush() {
    if (this.#writing) return;
    this.#writing = true;
    const written = this.#output.length > 0;
    while (this.#output.length > 0 && !this.#stream.destroyed) {
      const pieces = this.#output;
      this.#output = [];
      /** @type {Buffer[]} */
      let small = [];
      for (const piece of pieces) {
        if (Buffer.isBuffer(piece) && piece.length < 4096) {
          small.push(piece);
          continue;
        }
        if (small.length > 0) await this.#write(Buffer.concat(small));
        small = [];
        if (Buffer.isBuffer(piece)) await this.#write(piece);
        else await this.#writeText(piece);
      }
      if (small.length > 0) await this.#write(Buffer.concat(small));
    }
    if (written) this.#deflate?.flush(constants.Z_SYNC_FLUSH);
    this.#writing = false;
  }

  /** @param {import('./store.mjs').Text} text */
  async #writeText({ endless, from }) {
    for (let done = 0; done < endless && !this.#stream.destroyed; ) {
      const start = (from + done) % BLOCK.length;
      const piece = BLOCK.subarray(start, Math.min(BLOCK.length, start + endless - done));
      await this.#write(piece);
      done += piece.length;
    }
  }

  /** @param {Buffer} bytes */
  async #write(bytes) {
    if (Number.isNaN(this.#answeredAt)) this.#answeredAt = performance.now();
    if (this.#deflate) {
      if (!this.#deflate.write(bytes)) await once(this.#deflate, 'drain');
      return;
    }
    if (!this.#stream.write(bytes) && !this.#stream.destroyed) {
      await new Promise((resolve) => {
        this.#room = () => resolve(undefined);
      });
    }
  }
}

/** How many messages an APPEND carried. @param {string[]} args the command without its literals */
const appended = (args) => args.filter((arg) => /^~?\{\d+\+?\}/.test(arg)).length;

/** @param {string[]} args */
const words = (args) => args.join(' ').replace(/[()]/g, '').split(' ').filter(Boolean);

/** @param {string} text */
const unquoted = (text) => (text.startsWith('"') ? text.slice(1, -1) : text);

/** The FETCH items that were asked for, in the order in which they are sent. @param {string[]} args @param {boolean} byUid */
function itemsOf(args, byUid) {
  const asked = new Set(words(args).map((item) => item.toUpperCase().replace('.PEEK', '')));
  if (byUid) asked.add('UID');
  const body = [...asked].find((item) => item.startsWith('BODY['));
  const known = ['UID', 'FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODYSTRUCTURE'].filter((item) =>
    asked.has(item),
  );
  return body ? [...known, body] : known;
}
