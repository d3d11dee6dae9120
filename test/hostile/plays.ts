/** Openings that many scenarios begin with. */
import type { Peer } from './peer.ts';

export const USER = { user: 'user', pass: 'sw0rdf1sh "q\\' } as const;

/** A session that is authenticated from the start. */
export function preauth(peer: Peer, capabilities = ''): void {
  peer.lines(`* PREAUTH [CAPABILITY IMAP4rev1 ${capabilities}] ready`);
}

/** As preauth(), with INBOX opened by the client. */
export async function selected(peer: Peer, exists = 3, capabilities = ''): Promise<void> {
  preauth(peer, capabilities);
  await peer.ok(
    'SELECT',
    `* ${exists} EXISTS`,
    '* OK [UIDVALIDITY 1] x',
    `* OK [UIDNEXT ${Math.min(exists + 1, 4_294_967_295)}] x`,
  );
}
