import Connection from 'imap';
import { looksLikeBody } from '../corpus/body.mjs';

/** @import { Target } from '../tasks.mjs' */

/** A call that ends with (error, result). @template T @param {(done: (error: Error | undefined, value: T) => void) => void} run @returns {Promise<T>} */
const promised = (run) =>
  new Promise((resolve, reject) => run((error, value) => (error ? reject(error) : resolve(value))));

/** @param {Target} target */
export async function connect({ host, port, user, pass, ca }) {
  const client = new Connection({
    host,
    port,
    user,
    password: pass,
    tls: Boolean(ca),
    ...(ca ? { tlsOptions: { ca, servername: 'localhost' } } : {}),
    connTimeout: 60_000,
    authTimeout: 60_000,
  });
  await new Promise((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.connect();
  });
  client.on('error', () => undefined);

  /** @param {object} options @param {(message: any, seq: number) => void} onMessage @returns {Promise<void>} */
  const fetch = (options, onMessage, set = '1:*') =>
    new Promise((resolve, reject) => {
      const request = client.fetch(set, options);
      request.on('message', onMessage);
      request.once('error', reject);
      request.once('end', resolve);
    });

  /** @param {object} options */
  async function attributes(options) {
    /** @type {any[]} */
    const messages = [];
    await fetch(options, (message, seq) => {
      message.once('attributes', (/** @type {any} */ attrs) => {
        attrs.seq = seq;
        messages.push(attrs);
      });
    });
    return messages;
  }

  return {
    select: () => promised((done) => client.openBox('INBOX', false, done)),
    metadata: () => attributes({ envelope: true, struct: true, size: true }),
    /** The same, none of it kept. */
    async metadataPassing() {
      let count = 0;
      await fetch({ envelope: true, struct: true, size: true }, (message) => message.once('attributes', () => count++));
      return count;
    },
    flags: () => attributes({}),
    /** @param {number} size @param {(body: Buffer, seq: number) => boolean} [check] */
    async bodies(size, check = (body, seq) => looksLikeBody(body, seq, size)) {
      let good = 0;
      await fetch({ bodies: '' }, (message, seq) => {
        message.on('body', (/** @type {import('node:stream').Readable} */ stream) => {
          /** @type {Buffer[]} */
          const chunks = [];
          stream.on('data', (chunk) => chunks.push(chunk));
          stream.once('end', () => {
            if (check(Buffer.concat(chunks), seq)) good++;
          });
        });
      });
      return good;
    },
    /** @param {number} uid @param {(chunk: Buffer) => void} onChunk */
    literal: (uid, onChunk) =>
      fetch(
        { bodies: '' },
        (message) =>
          message.on('body', (/** @type {import('node:stream').Readable} */ stream) => stream.on('data', onChunk)),
        String(uid),
      ),
    search: () => promised((done) => client.search(['ALL'], done)),
    /** @param {number[]} uids */
    stores: (uids) => Promise.all(uids.map((uid) => promised((done) => client.addFlags(uid, '\\Seen', done)))),
    /** @param {string[]} names */
    statuses: (names) =>
      Promise.all(
        names.map((name) =>
          promised((done) =>
            client.status(name, (/** @type {Error | undefined} */ error, /** @type {any} */ box) =>
              done(error, box?.messages.total),
            ),
          ),
        ),
      ),
    list: async () => names(await promised((done) => client.getBoxes(done)), ''),
    // idles by itself as soon as it has nothing to do
    async idle() {},
    /** @param {string} mailbox @param {Buffer[]} messages */
    append: (mailbox, messages) =>
      Promise.all(messages.map((message) => promised((done) => client.append(message, { mailbox }, done)))),
    /** `destroy` alone leaves the socket open for what still comes, and fails on the answer to its own IDLE. */
    close() {
      client.destroy();
      client._sock?.destroy();
    },
  };
}

/** @param {Record<string, any>} boxes @param {string} prefix @returns {string[]} */
function names(boxes, prefix) {
  const found = [];
  for (const [name, box] of Object.entries(boxes)) {
    if (box.attribs) found.push(prefix + name);
    if (box.children) for (const child of names(box.children, `${prefix}${name}/`)) found.push(child);
  }
  return found;
}

/** @param {any} message */
export function normalise(message) {
  return {
    uid: message.uid,
    seq: message.seq,
    flags: [...message.flags].sort(),
    internalDate: message.date?.getTime(),
    size: message.size,
    envelope: message.envelope && envelope(message.envelope),
    structure: message.struct && structure(message.struct),
  };
}

/** Groups are left out of the comparison. @param {any} e */
function envelope(e) {
  const list = (/** @type {any[] | null} */ all) =>
    all?.some((one) => one?.group !== undefined || !one)
      ? undefined
      : (all ?? []).map(({ name, mailbox, host }) => ({ ...(name ? { name } : {}), address: `${mailbox}@${host}` }));
  return {
    date: e.date?.getTime(),
    from: list(e.from),
    sender: list(e.sender),
    replyTo: list(e.replyTo),
    to: list(e.to),
    cc: list(e.cc),
    bcc: list(e.bcc),
    inReplyTo: e.inReplyTo ?? '',
    messageId: e.messageId,
  };
}

/** A part is an object, or a list of the part itself and those inside it. @param {any} s @returns {any} */
function structure(s) {
  const [self, ...inner] = Array.isArray(s) ? s : [s];
  const multipart = inner.length > 0;
  return {
    type: multipart ? `multipart/${self.type}` : `${self.type}/${self.subtype}`,
    encoding: self.encoding ?? undefined,
    size: self.size,
    lines: self.lines,
    ...(multipart ? { parts: inner.map(structure) } : {}),
    ...(self.envelope ? { envelope: envelope(self.envelope) } : {}),
  };
}
