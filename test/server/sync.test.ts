/** sync against servers with QRESYNC, and against the same server with less. */

import { describeServer } from './describe.ts';
import { syncOperations } from './operations/sync.ts';
import type { ServerName, Servers } from './start/index.ts';
import { targetOf } from './targets.ts';

const POOR = 'IMAP4rev1 LITERAL+ ENABLE IDLE UIDPLUS UNSELECT ESEARCH';

function describeSync<Name extends ServerName>(name: Name, options: Servers[Name]['options']): void {
  describeServer(name, options, (server) => {
    syncOperations(() => targetOf(server()));
  });
}

describeSync('dovecot', { capability: `${POOR} CONDSTORE QRESYNC` });
describeSync('dovecot', { capability: `${POOR} CONDSTORE` });
describeSync('dovecot', { capability: POOR });
describeSync('cyrus', {});
describeSync('cyrus', { suppress: 'QRESYNC' });
