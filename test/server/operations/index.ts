/** All operations of the client, described once for every server. */
import { appendOperations } from './append.ts';
import { changeOperations } from './change.ts';
import { fetchOperations } from './fetch.ts';
import { mailboxOperations } from './mailboxes.ts';
import type { Operations } from './target.ts';

const ALL: readonly Operations[] = [mailboxOperations, appendOperations, fetchOperations, changeOperations];

export const operations: Operations = (target) => {
  for (const describeOperations of ALL) describeOperations(target);
};
