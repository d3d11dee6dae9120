/** Quotas, access control and metadata against the in-memory server, with them and without. */

import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer, type ServerOptions } from '../../src/testing/index.ts';
import { accessOperations } from '../server/operations/access.ts';

const CASES: [name: string, options: ServerOptions][] = [
  ['with', {}],
  ['without', { withoutCapabilities: ['QUOTA', 'ACL', 'LIST-MYRIGHTS', 'METADATA'] }],
];

describe.each(CASES)('a server %s QUOTA, ACL and METADATA', (_, options) => {
  let server: ImapServer;
  beforeAll(async () => {
    server = await createServer({ users: { user1: 'pass' }, ...options });
  });
  afterAll(() => server.close());

  accessOperations(() => ({
    name: 'in-memory',
    options: () => ({ host: server.host, port: server.port, security: 'none', auth: { user: 'user1', pass: 'pass' } }),
    separator: '/',
    prefix: '',
    explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
  }));
});
