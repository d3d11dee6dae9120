/** COMPRESS=DEFLATE against Dovecot. */
import { describeServer } from './describe.ts';
import { compressOperations } from './operations/compress.ts';
import { targetOf } from './targets.ts';

describeServer('dovecot', (server) => {
  compressOperations(
    () => targetOf(server()),
    () => ({ port: server().tlsPort, security: 'tls', tls: { ca: server().ca } }),
  );
});
