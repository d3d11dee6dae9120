/** All operations of the client, described once for every server. */
import { appendOperations } from './append.ts';
import { appendManyOperations } from './append-many.ts';
import { bigOperations } from './big.ts';
import { changeOperations } from './change.ts';
import { contentOperations } from './content.ts';
import { corpusOperations } from './corpus.ts';
import { delegationOperations } from './delegation.ts';
import { downloadOperations } from './download.ts';
import { fetchOperations } from './fetch.ts';
import { filterOperations } from './filters.ts';
import { handleOperations } from './handles.ts';
import { i18nOperations } from './i18n.ts';
import { mailboxOperations } from './mailboxes.ts';
import { notifyOperations } from './notify.ts';
import { orderOperations } from './order.ts';
import { partialOperations } from './partial.ts';
import { replaceOperations } from './replace.ts';
import { searchOperations } from './search.ts';
import { searchMailboxesOperations } from './search-mailboxes.ts';
import { searchReturnOperations } from './search-return.ts';
import { searchUpdatesOperations } from './search-updates.ts';
import { sessionOperations } from './session.ts';
import { setOperations } from './sets.ts';
import type { Operations } from './target.ts';
import { valueOperations } from './values.ts';
import { watchOperations } from './watch.ts';

const QUIET: readonly Operations[] = [
  sessionOperations,
  delegationOperations,
  i18nOperations,
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
  partialOperations,
  filterOperations,
  changeOperations,
  replaceOperations,
  handleOperations,
  valueOperations,
];

/** Those that need no word from the server of what others do. Each quick. */
export const quietOperations: Operations = (target) => {
  for (const describeOperations of QUIET) describeOperations(target);
};

/** Each quick. */
export const operations: Operations = (target) => {
  quietOperations(target);
  watchOperations(target);
  searchUpdatesOperations(target);
  notifyOperations(target);
};

/** Those that move much. */
export const bulkOperations: Operations = (target) => {
  bigOperations(target);
  setOperations(target);
  corpusOperations(target);
};
