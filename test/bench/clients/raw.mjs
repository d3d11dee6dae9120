// The limit: a bare socket that drains the same bytes and looks for the tagged line.
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { constants, createDeflateRaw, createInflateRaw } from 'node:zlib';

/** @import { Target } from '../tasks.mjs' */

/** Longer than any status line. */
const TAIL = 2048;
const CRLF = Buffer.from('\r\n');

class Raw {
  /** The end of what has come, long enough for a status line. */
  /** @type {Buffer} */ #tail = Buffer.alloc(0);
  #next = 0;
  /** @type {import('node:zlib').DeflateRaw | undefined} */ #deflate;
  /** @type {{ prefix: string, resolve: (line: string) => void, reject: (error: Error) => void } | undefined} */ #waiting;
  /** @type {((chunk: Buffer) => void) | undefined} */ onData;

  /** @param {import('node:net').Socket} socket */
  constructor(socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')));
  }

  /** @param {Buffer} chunk */
  #receive(chunk) {
    this.onData?.(chunk);
    this.#tail = chunk.length >= TAIL ? chunk.subarray(-TAIL) : Buffer.concat([this.#tail, chunk]).subarray(-TAIL);
    const end = this.#tail.length - 1;
    if (!this.#waiting || this.#tail[end] !== 10) return;
    const line = this.#tail.toString('latin1', this.#tail.lastIndexOf(10, end - 1) + 1, end + 1);
    if (!line.startsWith(this.#waiting.prefix)) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    this.#tail = Buffer.alloc(0);
    resolve(line);
  }

  /** Resolves when the last line that has come begins with `prefix`. @param {string} prefix @returns {Promise<string>} */
  line(prefix) {
    return new Promise((resolve, reject) => {
      this.#waiting = { prefix, resolve, reject };
    });
  }

  async compress() {
    await this.command('COMPRESS DEFLATE');
    this.#deflate = createDeflateRaw();
    this.#deflate.on('data', (chunk) => this.socket.write(chunk));
    this.socket.removeAllListeners('data');
    this.socket.pipe(createInflateRaw()).on('data', (chunk) => this.#receive(chunk));
  }

  /** @param {string} text */
  #write(text) {
    if (!this.#deflate) return void this.socket.write(text);
    this.#deflate.write(text);
    this.#deflate.flush(constants.Z_SYNC_FLUSH);
  }

  tag() {
    return `R${++this.#next}`;
  }

  /** @param {string} text */
  async command(text) {
    const tag = this.tag();
    this.#write(`${tag} ${text}\r\n`);
    const line = await this.line(`${tag} `);
    if (!line.startsWith(`${tag} OK`)) throw new Error(line);
  }

  /** A command and all that comes until its tagged line. @param {string} text */
  async answer(text) {
    let all = '';
    this.onData = (chunk) => {
      all += chunk.toString('latin1');
    };
    await this.command(text);
    this.onData = undefined;
    return all;
  }

  /** Every command at once. @param {string[]} texts */
  async commands(texts) {
    let tag = '';
    for (const text of texts) {
      tag = this.tag();
      this.#write(`${tag} ${text}\r\n`);
    }
    await this.line(`${tag} `);
  }
}

/** @param {Target} target */
export async function connect({ host, port, user, pass, ca, compress, session, onSession }) {
  const socket = ca
    ? connectTls({ host, port, ca, ...(session ? { session } : {}) })
    : connectTcp({ host, port, noDelay: true });
  if (onSession) socket.on('session', onSession);
  const raw = new Raw(socket);
  await raw.line('* OK');
  await raw.command(`LOGIN ${user} ${pass}`);
  if (compress) await raw.compress();
  const metadata = () => raw.command('UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)');
  return {
    raw,
    select: () => raw.command('SELECT INBOX'),
    metadata,
    metadataPassing: metadata,
    flags: () => raw.command('UID FETCH 1:* (UID FLAGS)'),
    bodies: () => raw.command('UID FETCH 1:* (UID BODY.PEEK[])'),
    /** @param {number} uid */
    literal: (uid) => raw.command(`UID FETCH ${uid} (UID BODY.PEEK[])`),
    search: () => raw.command('UID SEARCH ALL'),
    /** @param {number[]} uids */
    stores: (uids) => raw.commands(uids.map((uid) => `UID STORE ${uid} +FLAGS (\\Seen)`)),
    /** @param {string[]} names */
    statuses: (names) => raw.commands(names.map((name) => `STATUS ${name} (MESSAGES UNSEEN)`)),
    async idle() {
      raw.socket.write(`${raw.tag()} IDLE\r\n`);
      await raw.line('+');
    },
    /** All with one MULTIAPPEND. @param {string} mailbox @param {Buffer[]} messages */
    async append(mailbox, messages) {
      const tag = raw.tag();
      const write = async (/** @type {Buffer} */ bytes) => {
        if (!raw.socket.write(bytes)) await new Promise((resolve) => raw.socket.once('drain', resolve));
      };
      const tagged = raw.line(`${tag} `);
      let before = `${tag} APPEND ${mailbox}`;
      for (const message of messages) {
        await write(Buffer.concat([Buffer.from(`${before} {${message.length}+}\r\n`), message]));
        before = '';
      }
      await write(CRLF);
      await tagged;
    },
    counters: async () => JSON.parse(/\{.*\}/.exec(await raw.answer('XCOUNTERS'))?.[0] ?? '{}'),
    /** @param {string} mailbox */
    messages: async (mailbox) => Number(/MESSAGES (\d+)/.exec(await raw.answer(`STATUS ${mailbox} (MESSAGES)`))?.[1]),
    close: () => raw.socket.destroy(),
  };
}
