import type { ServerCommand } from '../command.ts';
import { no } from '../refusal.ts';

/** COMPRESS (RFC 4978) */
export const compress: ServerCommand = {
  name: 'COMPRESS',
  state: 'authenticated',
  capability: 'COMPRESS=DEFLATE',
  run(session, args) {
    args.space();
    const algorithm = args.word();
    args.end();
    if (algorithm !== 'DEFLATE') throw no('Only DEFLATE');
    const { connection } = session;
    if (connection.compressed) throw no('Compressed already', 'COMPRESSIONACTIVE');
    return { text: 'DEFLATE active', after: () => connection.compress() };
  },
};
