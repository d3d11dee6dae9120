/** Every operation against GNU Mailutils. */
import { describeServer } from './describe.ts';
import { hiding } from './hiding.ts';
import { bulkOperations, quietOperations } from './operations/index.ts';
import { watchOperations } from './operations/watch.ts';
import { targetOf } from './targets.ts';

describeServer('mailutils', (server) => {
  const target = () => targetOf(server());

  quietOperations(target);
  bulkOperations(target);
});

// Of a Maildir it tells nothing new. Of an mbox it does by NOOP, and never in an IDLE.
describeServer('mailutils', { format: 'mbox' }, (server) => {
  watchOperations(() => {
    const target = targetOf(server());
    return { ...target, tellsArrivalsOnly: true, options: (n) => hiding(target.options(n), 'IDLE') };
  });
});
