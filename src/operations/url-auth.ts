import { genUrlAuth } from '../commands/genurlauth.ts';
import { resetKey } from '../commands/resetkey.ts';
import { type FetchedUrl, type UrlFetchOptions, urlFetch } from '../commands/urlfetch.ts';
import type { Link } from '../session/link.ts';
import type { OperationOptions } from '../session/operation.ts';
import { canonicalMailboxName } from '../wire/mailbox-name.ts';
import type { OptionsTaken } from './method-options.ts';

/** Authorized URLs (URLAUTH, RFC 4467): who holds one may fetch what it names. Without URLAUTH each rejects with a UsageError. */
export interface UrlAuthCommands {
  /** GENURLAUTH: completes a URL that ends in `;URLAUTH=` and whom it lets in, as imapUrl() makes them. `mechanism`: default INTERNAL. */
  generate(url: string, options?: OperationOptions & { mechanism?: string | undefined }): Promise<string>;
  /** URLFETCH; undefined where the server gives nothing for it. `decode` and `structure` need URLAUTH=BINARY (RFC 5524). */
  fetch(url: string, options?: OperationOptions & UrlFetchOptions): Promise<FetchedUrl | undefined>;
  /** RESETKEY: makes all URLs of a mailbox (or of all) void. Resolves to the mechanisms that the server has. */
  resetKey(mailbox?: string, options?: OperationOptions & { mechanisms?: string[] | undefined }): Promise<string[]>;
}

/** What these methods take for options. */
export const URL_AUTH_OPTIONS: Readonly<Record<keyof UrlAuthCommands, OptionsTaken>> = {
  generate: { at: 1, others: ['mechanism'] },
  fetch: { at: 1, booleans: ['decode', 'structure'] },
  resetKey: { at: 1, others: ['mechanisms'] },
};

export function urlAuthCommands(session: Link): UrlAuthCommands {
  return {
    generate: async (url, { mechanism = 'INTERNAL', ...options } = {}) =>
      session.run(genUrlAuth(url, mechanism), options),
    fetch: async (url, { decode = false, structure = false, ...options } = {}) =>
      session.run(urlFetch(url, { decode, structure }), options),
    resetKey: async (mailbox, { mechanisms = [], ...options } = {}) =>
      session.run(resetKey(mailbox === undefined ? undefined : canonicalMailboxName(mailbox), mechanisms), options),
  };
}
