import { ImapFlow } from 'imapflow';
import { looksLikeBody } from '../corpus/body.mjs';

/** @import { Target } from '../tasks.mjs' */

/** @param {Target} target */
export async function connect({ host, port, user, pass, ca }) {
  const client = new ImapFlow({
    host,
    port,
    secure: Boolean(ca),
    doSTARTTLS: false,
    ...(ca ? { tls: { ca } } : {}),
    auth: { user, pass },
    logger: false,
    disableAutoIdle: true,
  });
  await client.connect();

  /** @param {object} query */
  const fetched = (query) => client.fetchAll('1:*', { uid: true, ...query }, { uid: true });

  return {
    select: () => client.mailboxOpen('INBOX'),
    metadata: () => fetched({ flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true }),
    /** The same, none of it kept. */
    async metadataPassing() {
      let count = 0;
      const query = { uid: true, flags: true, internalDate: true, size: true, envelope: true, bodyStructure: true };
      for await (const message of client.fetch('1:*', query, { uid: true })) if (message.envelope) count++;
      return count;
    },
    flags: () => fetched({ flags: true }),
    /** @param {number} size @param {(body: Buffer, seq: number) => boolean} [check] */
    async bodies(size, check = (body, seq) => looksLikeBody(body, seq, size)) {
      let good = 0;
      for await (const message of client.fetch('1:*', { uid: true, source: true }, { uid: true })) {
        if (message.source && check(message.source, message.seq)) good++;
      }
      return good;
    },
    /**
     * One FETCH, held whole, as long as imapflow allows it: its download asks for 64 KB at a time, a round trip each,
     * and takes more than twice the CPU. @param {number} uid @param {(chunk: Buffer) => void} onChunk @param {number} size
     */
    async literal(uid, onChunk, size) {
      if (size < 1 << 30) {
        const message = await client.fetchOne(uid, { source: true }, { uid: true });
        const source = message ? message.source : undefined;
        return source && onChunk(source);
      }
      const { content } = await client.download(uid, undefined, { uid: true });
      for await (const chunk of content ?? []) onChunk(chunk);
    },
    search: () => client.search({ all: true }, { uid: true }),
    /** @param {number[]} uids */
    stores: (uids) => Promise.all(uids.map((uid) => client.messageFlagsAdd(uid, ['\\Seen'], { uid: true }))),
    /** @param {string[]} names */
    statuses: (names) =>
      Promise.all(
        names.map(async (name) => {
          const status = await client.status(name, { messages: true, unseen: true });
          return status ? status.messages : undefined;
        }),
      ),
    list: async () => (await client.list()).map((mailbox) => mailbox.path),
    async idle() {
      // settles when idling ends
      client.idle().catch(() => undefined);
    },
    /** @param {string} mailbox @param {Buffer[]} messages */
    append: (mailbox, messages) => Promise.all(messages.map((message) => client.append(mailbox, message))),
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

/** Groups come as names without an address, and are left out of the comparison. @param {any} e */
function envelope(e) {
  const list = (/** @type {any[] | undefined} */ all) =>
    all?.every((one) => one.address) === false
      ? undefined
      : (all ?? []).map(({ name, address }) => (name ? { name, address } : { address }));
  return {
    date: e.date?.getTime(),
    subject: e.subject ?? '',
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

/** The parts of a forwarded message bear its own number, and are left out of the comparison. @param {any} s @param {boolean} forwardedIn @returns {any} */
function structure(s, forwardedIn = false) {
  const forwarded = s.type === 'message/rfc822';
  const inner = s.childNodes?.map((/** @type {any} */ one) => structure(one, forwarded || forwardedIn));
  return {
    type: s.type,
    ...(s.childNodes || forwardedIn ? {} : { part: s.part ?? '1' }),
    encoding: s.encoding,
    size: s.size,
    lines: s.lineCount,
    disposition: s.disposition,
    ...(forwarded ? { envelope: envelope(s.envelope), body: inner[0] } : { parts: inner }),
  };
}
