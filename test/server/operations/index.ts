/** All operations of the client, described once for every server. */
import { appendOperations } from './append.ts';
import { appendManyOperations } from './append-many.ts';
import { bigOperations } from './big.ts';
import { changeOperations } from './change.ts';
import { contentOperations } from './content.ts';
import { corpusOperations } from './corpus.ts';
import { downloadOperations } from './download.ts';
import { fetchOperations } from './fetch.ts';
import { handleOperations } from './handles.ts';
import { mailboxOperations } from './mailboxes.ts';
import { orderOperations } from './order.ts';
import { replaceOperations } from './replace.ts';
import { searchOperations } from './search.ts';
import { searchMailboxesOperations } from './search-mailboxes.ts';
import { searchReturnOperations } from './search-return.ts';
import { sessionOperations } from './session.ts';
import { setOperations } from './sets.ts';
import type { Operations } from './target.ts';
import { watchOperations } from './watch.ts';

const ALL: readonly Operations[] = [
  sessionOperations,
  mailboxOperations,
  appendOperations,
  appendManyOperations,
  fetchOperations,
  downloadOperations,
  contentOperations,
  searchOperations,
  searchReturnOperations,
  searchMailboxesOperations,
  orderOperations,
  changeOperations,
  replaceOperations,
  handleOperations,
  watchOperations,
];

/** Each quick. */
export const operations: Operations = (target) => {
  for (const describeOperations of ALL) describeOperations(target);
};

/** Those that move much. */
export const bulkOperations: Operations = (target) => {
  bigOperations(target);
  setOperations(target);
  corpusOperations(target);
};
