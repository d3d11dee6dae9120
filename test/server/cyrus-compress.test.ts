/** COMPRESS=DEFLATE against Cyrus. */
import { describeServer } from './describe.ts';
import { compressOperations } from './operations/compress.ts';
import { targetOf } from './targets.ts';

describeServer('cyrus', (server) => {
  compressOperations(
    () => targetOf(server()),
    () => ({ port: server().tlsPort, security: 'tls', tls: { ca: server().ca } }),
  );
});
