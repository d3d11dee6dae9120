/** sync by each of its ways: with everything, with CONDSTORE alone, with neither. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer } from '../../src/testing/index.ts';
import { syncOperations } from '../server/operations/sync.ts';
import type { Target } from '../server/operations/target.ts';

describe.each([
  { withoutCapabilities: ['UNSELECT'] },
  { withoutCapabilities: ['QRESYNC'] },
  { withoutCapabilities: ['QRESYNC', 'CONDSTORE'] },
])('the in-memory server $withoutCapabilities', (options) => {
  let server: ImapServer;
  let target: Target;

  beforeAll(async () => {
    server = await createServer({ ...options, users: { user1: 'pass' } });
    const { host, port } = server;
    target = {
      name: 'in-memory',
      options: () => ({ host, port, security: 'none', auth: { user: 'user1', pass: 'pass' } }),
      separator: '/',
      prefix: '',
      explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
    };
  });
  afterAll(() => server.close());

  syncOperations(() => target);
});
