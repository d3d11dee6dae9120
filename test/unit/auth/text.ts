/** Bytes as text and back, for tests that read messages. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (message: Uint8Array | undefined): string =>
  new TextDecoder('utf-8', { fatal: true }).decode(message);
export const base64 = (message: Uint8Array | undefined): string => Buffer.from(message ?? []).toString('base64');
