/** Every operation against Dovecot. */
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import type { Target } from './operations/target.ts';

describeServer('dovecot', (server) => {
  const target = (): Target => {
    const { host, port, separator, prefix } = server();
    return {
      name: 'dovecot',
      options: (n = 1) => ({ host, port, security: 'none', auth: server().user(n) }),
      separator,
      prefix,
      explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
    };
  };

  operations(target);
  bulkOperations(target);
});
