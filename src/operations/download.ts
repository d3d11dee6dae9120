import { fetchSection } from '../commands/fetch-section.ts';
import { requireUid } from '../commands/message-set.ts';
import { ImapError, naming, UsageError } from '../errors.ts';
import type { MailboxHandle } from '../mailbox-handle.ts';
import { decodeCharset } from '../mime/charset.ts';
import { createDecoder, type TransferDecoder } from '../mime/transfer-encoding.ts';
import { Backlog } from '../session/backlog.ts';
import { callGuarded } from '../session/events.ts';
import type { OperationOptions } from '../session/operation.ts';
import { partByNumber, type SinglePart } from '../syntax/body-structure.ts';
import { type ByteRange, parseSection, partialText } from '../syntax/section.ts';
import { beforeCut, structureOf } from './content.ts';
import { goneOf, MadeUpText } from './made-up-messages.ts';

/** A message or a part of one, on its way. */
export interface Download {
  /** Bytes that come over the wire, before any decoding. */
  readonly size: number;
  /** Lower case, e.g. 'image/png'; absent for a whole message. */
  readonly type?: string;
  readonly charset?: string;
  /** As the sender wrote it: never use it as a path unchecked. */
  readonly filename?: string;
  readonly content: DownloadContent;
}

export interface DownloadOptions {
  /** Undoes the transfer encoding of a part. Default true. */
  decode?: boolean | undefined;
  /** Only some of the bytes, as they are sent; from another offset than 0 on nothing is decoded. */
  partial?: ByteRange | undefined;
}

/** The bytes, once: by iteration, or all at once. */
export interface DownloadContent extends AsyncIterable<Buffer> {
  /** All of it as text, by the part's charset. */
  text(): Promise<string>;
  bytes(): Promise<Buffer>;
}

/** What a chunk weighs beside its bytes: they may come one by one. */
const CHUNK_WEIGHT = 100;
const PART_NUMBER = /^[\d.]+$/;

/** See Mailbox.download. Both commands of a part's download are sent at once. */
export async function download(
  handle: MailboxHandle,
  uid: number,
  part: string | undefined,
  { decode = true, partial, ...options }: OperationOptions & DownloadOptions,
): Promise<Download> {
  naming('download', () => requireUid(uid));
  // Before the structure is asked for.
  naming('UID FETCH', () => {
    parseSection(part ?? '');
    if (partial !== undefined) partialText('partial', partial);
  });
  const transfer = new Transfer(handle, options);
  const [structure, size] = await Promise.all([
    part === undefined ? undefined : describe(handle, uid, part, options),
    transfer.start(uid, part ?? '', partial),
  ]).catch((error) => {
    transfer.drop();
    throw error;
  });
  if (size === undefined) throw part ? noSuchPart(uid, part) : noSuchMessage(uid);
  // Dovecot answers with an empty section where there is no such part.
  if (part !== undefined && structure === undefined && size === 0 && PART_NUMBER.test(part))
    throw noSuchPart(uid, part);
  const cut = structure !== undefined && partial !== undefined && structure.size > partial.offset + partial.length;
  const decodes = structure !== undefined && decode && !partial?.offset;
  const decoder = decodes ? createDecoder(structure.encoding, cut) : undefined;
  const charset = structure?.params.charset;
  return {
    size,
    ...(structure === undefined ? {} : { type: structure.type }),
    ...(charset === undefined ? {} : { charset }),
    ...(structure?.filename === undefined ? {} : { filename: structure.filename }),
    content: new Content(transfer.backlog, decoder, charset, cut),
  };
}

async function describe(
  handle: MailboxHandle,
  uid: number,
  part: string,
  options: OperationOptions,
): Promise<SinglePart | undefined> {
  const structure = await structureOf(handle, uid, options);
  if (structure === undefined) throw noSuchMessage(uid);
  const named = partByNumber(structure, part);
  return named !== undefined && 'encoding' in named ? named : undefined;
}

/** The FETCH that brings the bytes, and what of them was not taken yet. */
class Transfer {
  readonly backlog: Backlog<Buffer>;
  readonly #handle: MailboxHandle;
  readonly #options: OperationOptions;

  constructor(handle: MailboxHandle, options: OperationOptions) {
    this.#handle = handle;
    this.#options = options;
    this.backlog = new Backlog(handle.session.flow, { begin: () => {}, signal: options.signal });
  }

  /** Resolves to the size as soon as the server has begun to send; to undefined where nothing came. */
  start(uid: number, section: string, partial: ByteRange | undefined): Promise<number | undefined> {
    const { backlog } = this;
    const { progress } = this.#options;
    this.#handle.session.flow.add(backlog);
    return new Promise((resolve, reject) => {
      let done = 0;
      let total = 0;
      const doubtful = new MadeUpText(this.#handle.session.state);
      const sink = {
        begin: (size: number) => {
          total = size;
          if (!doubtful.fits(size)) resolve(size);
        },
        chunk: (bytes: Buffer) => {
          done += bytes.length;
          doubtful.add(bytes);
          backlog.push(bytes, bytes.length + CHUNK_WEIGHT);
          callGuarded(() => progress?.(done, total));
        },
        end: () => {},
      };
      this.#handle
        .run(fetchSection(uid, section, sink, partial), this.#options)
        .then(async (came) => {
          backlog.end();
          if (doubtful.whole && (await goneOf(this.#handle, [uid], this.#options)).has(uid)) throw noSuchMessage(uid);
          resolve(came ? total : undefined);
        })
        .catch((error) => {
          backlog.fail(error);
          reject(error);
        });
    });
  }

  drop(): void {
    this.backlog.return();
  }
}

class Content implements DownloadContent {
  readonly #chunks: AsyncIterable<Buffer>;
  readonly #decoder: TransferDecoder | undefined;
  readonly #charset: string | undefined;
  /** What follows was not asked for. */
  readonly #cut: boolean;
  #taken = false;

  constructor(
    chunks: AsyncIterable<Buffer>,
    decoder: TransferDecoder | undefined,
    charset: string | undefined,
    cut: boolean,
  ) {
    this.#chunks = chunks;
    this.#decoder = decoder;
    this.#charset = charset;
    this.#cut = cut;
  }

  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    if (this.#taken) throw new UsageError('The content of a download can be read once');
    this.#taken = true;
    return this.#decoder === undefined
      ? this.#chunks[Symbol.asyncIterator]()
      : decodedIterator(this.#chunks, this.#decoder);
  }

  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async text(): Promise<string> {
    const text = decodeCharset(await this.bytes(), this.#charset);
    return this.#cut ? beforeCut(text) : text;
  }
}

/** A return() before the first next() has to reach the chunks: a generator that has not begun does not pass it on. */
function decodedIterator(chunks: AsyncIterable<Buffer>, decoder: TransferDecoder): AsyncIterableIterator<Buffer> {
  const source = chunks[Symbol.asyncIterator]();
  const buffers = decoded({ [Symbol.asyncIterator]: () => source }, decoder);
  return {
    next: () => buffers.next(),
    return: async () => {
      await source.return?.();
      return buffers.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* decoded(chunks: AsyncIterable<Buffer>, decoder: TransferDecoder): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    const bytes = decoder.decode(chunk);
    if (bytes.length > 0) yield bytes;
  }
  const rest = decoder.end();
  if (rest.length > 0) yield rest;
}

export function noSuchMessage(uid: number): ImapError {
  return new ImapError('NO_SUCH_MESSAGE', `There is no message with the UID ${uid}`);
}

function noSuchPart(uid: number, part: string): ImapError {
  return new ImapError('NO_SUCH_PART', `The message with the UID ${uid} has no part ${part}`);
}
