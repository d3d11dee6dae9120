/** Every operation against Dovecot. */
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import { targetOf } from './targets.ts';

describeServer('dovecot', (server) => {
  const target = () => targetOf(server());

  operations(target);
  bulkOperations(target);
});
