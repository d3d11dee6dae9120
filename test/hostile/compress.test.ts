/** A peer that compresses, and lies. */
import { deflateRawSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { ImapError } from '../../src/index.ts';
import type { Peer } from './peer.ts';
import { preauth } from './plays.ts';
import { scenario } from './scenario.ts';

describe('COMPRESS', () => {
  async function compressed(peer: Peer, behind: string | Buffer): Promise<void> {
    preauth(peer, 'COMPRESS=DEFLATE');
    const tag = await peer.expect('COMPRESS DEFLATE');
    peer.send(Buffer.concat([Buffer.from(`${tag} OK go on\r\n`), Buffer.from(behind)]));
    await peer.gone();
  }
  scenario(
    'takes no plain response behind its OK',
    (peer) => compressed(peer, '* CAPABILITY IMAP4rev1 X-EVIL\r\n* OK [ALERT] evil\r\nA2 OK done\r\n'),
    async (scene) => {
      const outcome = await scene.outcome(scene.connect());
      const error = outcome.error ?? (await scene.failure(outcome.value.noop()));
      expect(error).toBeInstanceOf(ImapError);
      expect(outcome.value?.capabilities.has('X-EVIL') ?? false).toBe(false);
    },
  );
  scenario(
    'that ends its stream ends the connection',
    (peer) => compressed(peer, Buffer.concat([deflateRawSync('* OK over\r\n'), Buffer.from('* OK plain again\r\n')])),
    async (scene) => {
      const outcome = await scene.outcome(scene.connect());
      expect(outcome.error ?? (await scene.failure(outcome.value.noop()))).toBeInstanceOf(ImapError);
    },
  );
  scenario(
    'that is refused leaves the stream as it was',
    async (peer) => {
      preauth(peer, 'COMPRESS=DEFLATE');
      const tag = await peer.expect('COMPRESS DEFLATE');
      peer.lines(`${tag} NO [COMPRESSIONACTIVE] no`);
      await peer.agree();
    },
    async (scene) => {
      const client = await scene.connect();
      await client.noop();
      await client.logout();
    },
  );
});
