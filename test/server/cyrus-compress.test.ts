/** COMPRESS=DEFLATE against Cyrus. */
import { describeServer } from './describe.ts';
import { compressOperations } from './operations/compress.ts';

describeServer('cyrus', (server) => {
  compressOperations(
    () => {
      const { host, port, separator, prefix, user } = server();
      return {
        name: 'cyrus',
        options: (n = 1) => ({ host, port, security: 'none', auth: user(n) }),
        separator,
        prefix,
        explains: () => true,
      };
    },
    () => ({ port: server().tlsPort, security: 'tls', tls: { ca: server().ca } }),
  );
});
