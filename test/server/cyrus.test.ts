/** Every operation against Cyrus. */
import { describeServer } from './describe.ts';
import { bulkOperations, operations } from './operations/index.ts';
import { targetOf } from './targets.ts';

const EXTRA = {
  // By default it takes no more than 100 copies of a message: `NO Too many identical emails`.
  conversations_max_guidexists: '100000',
  conversations_max_guidinfolder: '100000',
  // By default nobody deletes a mailbox with a special use: `NO SPECIAL-USE flag conflict`.
  specialuse_protect: '\\Drafts',
};

describeServer('cyrus', { extra: EXTRA }, (server) => {
  const target = () => targetOf(server());

  operations(target);
  bulkOperations(target);
});
