import type { ServerCommand } from '../command.ts';
import { bad, no } from '../refusal.ts';

/** COMPRESS (RFC 4978) */
export const compress: ServerCommand = {
  name: 'COMPRESS',
  state: 'authenticated',
  capability: 'COMPRESS=DEFLATE',
  run(session, args) {
    args.space();
    if (args.word() !== 'DEFLATE') throw bad('Only DEFLATE');
    args.end();
    const { connection } = session;
    if (connection.compressed) throw no('Compressed already', 'COMPRESSIONACTIVE');
    return { text: 'DEFLATE active', after: () => connection.compress() };
  },
};
