import { BUILD } from '../build.mjs';
import { looksLikeBody } from '../corpus/body.mjs';

/** @import { Target } from '../tasks.mjs' */

const { connect: open } = await import(BUILD.href);

/** @param {Target} target */
export async function connect({ host, port, user, pass, ca, socket }) {
  const client = await open({
    ...(socket ? { socket } : {}),
    host,
    port,
    security: ca ? 'tls' : 'none',
    ...(ca ? { tls: { ca } } : {}),
    auth: { user, pass },
  });
  /** @type {any} */
  let mailbox;

  /** @param {object} items */
  const fetched = (items) => mailbox.fetchAll('1:*', items);

  return {
    async select() {
      mailbox = await client.open('INBOX');
    },
    metadata: () => fetched({ flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }),
    /** The same, none of it kept. */
    async metadataPassing() {
      let count = 0;
      const items = { flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true };
      for await (const message of mailbox.fetch('1:*', items)) if (message.envelope) count++;
      return count;
    },
    flags: () => fetched({ flags: true }),
    /** @param {number} uid */
    held: async (uid) => (await mailbox.fetchOne(uid, { source: true })).source,
    /** @param {number} size @param {(body: Buffer, seq: number) => boolean} [check] */
    async bodies(size, check = (body, seq) => looksLikeBody(body, seq, size)) {
      let good = 0;
      for await (const message of mailbox.fetch('1:*', { source: true }))
        if (check(message.source, message.seq)) good++;
      return good;
    },
    /** @param {number} uid @param {(chunk: Buffer) => void} onChunk */
    async literal(uid, onChunk) {
      const { content } = await mailbox.download(uid);
      for await (const chunk of content) onChunk(chunk);
    },
    search: () => mailbox.search({ all: true }),
    /** @param {number[]} uids */
    stores: (uids) =>
      Promise.all(
        uids.map(async (uid) => (await mailbox.addFlags(uid, ['\\Seen'])).flags.get(uid)?.has('\\Seen') ?? false),
      ),
    /** @param {string[]} names */
    statuses: (names) =>
      Promise.all(names.map(async (name) => (await client.status(name, ['messages', 'unseen'])).messages)),
    list: async () => (await client.list()).map((/** @type {any} */ one) => one.name),
    async idle() {
      mailbox
        .watch()
        [Symbol.asyncIterator]()
        .next()
        .catch(() => undefined);
    },
    /** @param {string} name @param {Buffer[]} messages */
    append: (name, messages) =>
      client.append(
        name,
        messages.map((content) => ({ content })),
      ),
    close: () => client.close(),
  };
}

/** @param {any} message */
export function normalise(message) {
  return {
    uid: message.uid,
    seq: message.seq,
    flags: [...message.flags].sort(),
    internalDate: message.internalDate?.getTime(),
    size: message.size,
    envelope: message.envelope && envelope(message.envelope),
    structure: message.bodyStructure && structure(message.bodyStructure),
  };
}

/** @param {any} e */
function envelope(e) {
  return {
    ...e,
    date: e.date?.getTime(),
    subject: e.subject ?? '',
    inReplyTo: e.inReplyTo ?? '',
    rawSubject: e.raw?.subject ?? '',
    rawDate: e.raw?.date,
  };
}

/** @param {any} s @returns {any} */
function structure(s) {
  return {
    ...s,
    encoding: s.encoding?.toLowerCase(),
    disposition: s.disposition?.type.toLowerCase(),
    ...(s.parts ? { parts: s.parts.map(structure) } : {}),
    ...(s.envelope ? { envelope: envelope(s.envelope) } : {}),
    ...(s.body ? { body: structure(s.body) } : {}),
  };
}
