import { UsageError } from '../errors.ts';
import { adoptStream, releaseStream } from '../session/caller-stream.ts';
import { requireUnicode } from '../wire/text.ts';
import { type LiteralStream, requireStream, type Writer } from '../wire/writer.ts';

/** Bytes to be sent: a string as UTF-8; a stream must give exactly `size` bytes. */
export type Content = string | Uint8Array | { size: number; stream: AsyncIterable<Uint8Array> };

/** A part of a message that the server puts together (CATENATE, RFC 4469): bytes, or what an IMAP URL names. */
export type ContentPart = { text: Content } | { url: string };

/** True where only the server can put it together. */
export function hasUrl(content: Content | readonly ContentPart[]): content is readonly ContentPart[] {
  return Array.isArray(content) && content.some(isUrlPart);
}

/** True where some of it comes from a stream. */
export function isStreamed(content: Content | readonly ContentPart[]): boolean {
  if (Array.isArray(content)) return content.some((part: ContentPart) => 'text' in part && isStream(part.text));
  return isStream(content);
}

/** Takes charge of the streams of a content that is to be sent; it may be anything. */
export function adoptContent(content: unknown): void {
  for (const streamed of streamsOf(content)) adoptStream(streamed);
}

/** Lets go of the streams of a content that will not be sent; it may be anything. */
export function discardContent(content: unknown): void {
  for (const streamed of streamsOf(content)) releaseStream(streamed);
}

function streamsOf(content: unknown): LiteralStream[] {
  if (isStream(content)) return [content];
  return Array.isArray(content) ? content.map((part) => part?.text).filter(isStream) : [];
}

/** Bytes of a content, without those that URLs stand for. Throws UsageError for what is none. */
export function sizeOf(content: Content | readonly ContentPart[]): number {
  if (Array.isArray(content)) {
    let size = 0;
    for (const part of content) if (!isUrlPart(part)) size += sizeOf(textOf(part));
    return size;
  }
  if (typeof content === 'string') return Buffer.byteLength(requireUnicode(content), 'utf8');
  if (content instanceof Uint8Array) return content.length;
  if (isStream(content)) return content.size;
  throw new UsageError('the content is a string, bytes, { size, stream }, or parts: { text } and { url }');
}

/**
 * append-data = literal / literal8 / "CATENATE" SP "(" cat-part *(SP cat-part) ")"     (RFC 4466 §3, RFC 4469 §5)
 * cat-part    = "TEXT" SP literal / "URL" SP astring
 * NUL needs a literal8, and so BINARY; parts without a URL are joined here.
 */
export function writeContent(writer: Writer, content: Content | readonly ContentPart[], binary: boolean): void {
  if (hasUrl(content)) {
    writer.raw('CATENATE ').list(content, (part) => {
      if (isUrlPart(part)) writer.raw('URL ').string(part.url);
      else writeLiteral(writer.raw('TEXT '), textOf(part));
    });
  } else {
    const whole = Array.isArray(content) ? joined(content.map(textOf)) : (content as Content); // no array
    if (isStream(whole)) writer.literalStream(whole);
    else writeBytes(writer, bytesOf(whole), binary);
  }
}

function writeBytes(writer: Writer, bytes: Uint8Array, binary: boolean): void {
  if (!bytes.includes(0)) writer.literal(bytes);
  else if (binary) writer.literal8(bytes);
  else throw new UsageError('NUL needs BINARY, which the server does not offer', 'MISSING_CAPABILITY');
}

function writeLiteral(writer: Writer, content: Content): void {
  if (isStream(content)) writer.literalStream(content);
  else writer.literal(bytesOf(content));
}

function joined(contents: readonly Content[]): Content {
  if (!contents.some(isStream)) return Buffer.concat(contents.map((one) => bytesOf(one as string | Uint8Array))); // no stream
  let size = 0;
  for (const one of contents) {
    if (isStream(one)) requireStream(one);
    size += sizeOf(one);
  }
  const destroy = () => contents.filter(isStream).forEach(releaseStream);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      for (const one of contents) {
        if (isStream(one)) yield* one.stream;
        else yield bytesOf(one);
      }
    } finally {
      destroy();
    }
  }
  const stream = { [Symbol.asyncIterator]: bytes, destroy };
  return { size, stream };
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content, 'utf8') : content;
}

function isStream(content: unknown): content is LiteralStream {
  return typeof content === 'object' && content !== null && 'stream' in content;
}

function isUrlPart(part: ContentPart): part is { url: string } {
  return typeof part === 'object' && part !== null && 'url' in part && part.url !== undefined;
}

function textOf(part: ContentPart): Content {
  if (typeof part === 'object' && part !== null && 'text' in part) return part.text;
  throw new UsageError('a part of a message is { text } or { url }');
}
