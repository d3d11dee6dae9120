/** Every operation against servers that offer little: what an extension would do is done by other means. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createServer, type ImapServer, type ServerOptions } from '../../src/testing/index.ts';
import { operations } from '../server/operations/index.ts';
import type { Target } from '../server/operations/target.ts';

const POOR: [name: string, options: ServerOptions][] = [
  ['nothing but IMAP4rev1', { capabilities: ['IMAP4rev1'] }],
  [
    'a dot between levels, and literals up to 4096 bytes',
    {
      delimiter: '.',
      withoutCapabilities: ['LITERAL+'],
      capabilities: ['IMAP4rev1', 'LITERAL-', 'UIDPLUS', 'IDLE', 'UNSELECT'],
    },
  ],
  ['no UIDPLUS, but MOVE', { withoutCapabilities: ['UIDPLUS', 'LITERAL+', 'ESEARCH', 'LIST-STATUS'] }],
];

describe.each(POOR)('a server with %s', (_, options) => {
  let server: ImapServer;
  let target: Target;

  beforeAll(async () => {
    const users = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`user${index + 1}`, 'pass']));
    server = await createServer({ users, ...options });
    const { host, port } = server;
    target = {
      name: 'in-memory',
      options: (n = 1) => ({ host, port, security: 'none', auth: { user: `user${n}`, pass: 'pass' } }),
      separator: options.delimiter ?? '/',
      prefix: '',
      explains: (command) => !['SELECT', 'EXAMINE', 'STATUS'].includes(command),
    };
  });
  afterAll(() => server.close());

  operations(() => target);
});
