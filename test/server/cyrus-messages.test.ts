/** Sorting, threading, searching, reading and storing against Cyrus. */
import { describeServer } from './describe.ts';
import { appendManyOperations } from './operations/append-many.ts';
import { contentOperations } from './operations/content.ts';
import { orderOperations } from './operations/order.ts';
import { replaceOperations } from './operations/replace.ts';
import { searchMailboxesOperations } from './operations/search-mailboxes.ts';
import { searchReturnOperations } from './operations/search-return.ts';
import type { Target } from './operations/target.ts';

describeServer('cyrus', (server) => {
  const target = (): Target => {
    const { host, port, separator, prefix } = server();
    return {
      name: 'cyrus',
      options: (n = 1) => ({ host, port, security: 'none', auth: server().user(n) }),
      separator,
      prefix,
      explains: () => false,
    };
  };

  appendManyOperations(target);
  contentOperations(target);
  searchReturnOperations(target);
  searchMailboxesOperations(target);
  orderOperations(target);
  replaceOperations(target);
});
