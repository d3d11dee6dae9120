/** Every operation against the in-memory server. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { bulkOperations, operations } from '../server/operations/index.ts';
import type { Target } from '../server/operations/target.ts';

describe('the in-memory server', () => {
  let server: ImapServer;
  let target: Target;

  beforeAll(async () => {
    const names = [...Array.from({ length: 20 }, (_, index) => `user${index + 1}`), 'admin'];
    const users = Object.fromEntries(names.map((name) => [name, 'pass']));
    const jmap = 'https://jmap.example.org/.well-known/jmap';
    server = await createServer({ users, administrators: ['admin'], jmap });
    const { host, port } = server;
    target = {
      name: 'in-memory',
      options: (n = 1) => ({ host, port, security: 'none', auth: { user: `user${n}`, pass: 'pass' } }),
      administrator: () => ({ host, port, security: 'none', auth: { user: 'admin', pass: 'pass' } }),
      separator: '/',
      prefix: '',
      explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
    };
  });
  afterAll(() => server.close());

  operations(() => target);
  bulkOperations(() => target);
});
