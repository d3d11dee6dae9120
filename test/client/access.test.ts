/** Quotas, access control and metadata against the in-memory server, which has none of them. */

import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { accessOperations } from '../server/operations/access.ts';

describe('a server without QUOTA, ACL and METADATA', () => {
  let server: ImapServer;
  beforeAll(async () => {
    server = await createServer({ users: { user1: 'pass' } });
  });
  afterAll(() => server.close());

  accessOperations(() => ({
    name: 'in-memory',
    options: () => ({ host: server.host, port: server.port, security: 'none', auth: { user: 'user1', pass: 'pass' } }),
    separator: '/',
    prefix: '',
    explains: () => true,
  }));
});
