/** Every operation against the in-memory server. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { bulkOperations, operations } from '../server/operations/index.ts';
import type { Target } from '../server/operations/target.ts';

describe('the in-memory server', () => {
  let server: ImapServer;
  let target: Target;

  beforeAll(async () => {
    const users = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`user${index + 1}`, 'pass']));
    server = await createServer({ users });
    const { host, port } = server;
    target = {
      name: 'in-memory',
      options: (n = 1) => ({ host, port, security: 'none', auth: { user: `user${n}`, pass: 'pass' } }),
      separator: '/',
      prefix: '',
      explains: () => true,
    };
  });
  afterAll(() => server.close());

  operations(() => target);
  bulkOperations(() => target);
});
