/** Every operation against Courier. */
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import { targetOf } from './targets.ts';

// Otherwise an IDLE looks once a second.
describeServer('courier', { enhancedIdle: true }, (server) => {
  const target = () => targetOf(server());

  operations(target);
  bulkOperations(target);
});
