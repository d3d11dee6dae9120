import { naming, requireKeys, shown, UsageError } from '../errors.ts';
import type { SortCriterion, SortKey } from '../mime/sort.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { requireBoolean } from '../syntax/argument.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { placesOf, requirePartialRange } from '../syntax/partial-range.ts';
import {
  ofThisSession,
  requiredCapabilities,
  requireFuzzy,
  type SearchQuery,
  searchBehaviour,
  writeSearchQuery,
} from '../syntax/search-key.ts';
import { isAnswerTo, readExtendedSearch } from '../syntax/search-result.ts';
import { eachUidRange } from '../wire/uid-set.ts';
import type { Writer } from '../wire/writer.ts';
import { readFound, requirePlausible } from './search.ts';

/** sort-key (RFC 5256 §5, RFC 5957 §5, RFC 6203 §7) */
const KEYS: Readonly<Record<SortKey, { word: string; needs: string }>> = {
  arrival: { word: 'ARRIVAL', needs: 'SORT' },
  cc: { word: 'CC', needs: 'SORT' },
  date: { word: 'DATE', needs: 'SORT' },
  displayFrom: { word: 'DISPLAYFROM', needs: 'SORT=DISPLAY' },
  displayTo: { word: 'DISPLAYTO', needs: 'SORT=DISPLAY' },
  from: { word: 'FROM', needs: 'SORT' },
  relevancy: { word: 'RELEVANCY', needs: 'SEARCH=FUZZY' },
  size: { word: 'SIZE', needs: 'SORT' },
  subject: { word: 'SUBJECT', needs: 'SORT' },
  to: { word: 'TO', needs: 'SORT' },
};

/** The criteria, each with its direction. Throws UsageError for what is none. */
export function sortKeys(criteria: readonly SortCriterion[]): { by: SortKey; reverse: boolean }[] {
  if (!Array.isArray(criteria) || criteria.length === 0)
    throw new UsageError('SORT: the criteria come in an array, one at least');
  return Array.from(criteria, (criterion: SortCriterion) => {
    const key = typeof criterion === 'object' && criterion !== null ? criterion : { by: criterion };
    naming('SORT', () => requireKeys(key, ['by', 'reverse'], 'a part of a criterion'));
    const { by, reverse = false } = key;
    if (typeof by !== 'string' || !Object.hasOwn(KEYS, by))
      throw new UsageError(`SORT: not a criterion: ${shown(criterion)}`);
    naming('SORT', () => requireBoolean('reverse', reverse));
    return { by, reverse };
  });
}

/** True where the server itself can sort by these. */
export function canSort(criteria: readonly SortCriterion[], capabilities: Capabilities): boolean {
  const keys = sortKeys(criteria);
  return capabilities.has('SORT') && keys.every(({ by }) => capabilities.has(KEYS[by].needs));
}

/** What of the order is wanted. */
export interface SortOptions {
  /** Some of it, counted from the first, `'1:100'`, or from the last, `'-1:-100'` (RFC 9394); in the order of the whole. */
  partial?: string | undefined;
}

/** PARTIAL with ESORT; CONTEXT=SORT (RFC 5267 §4.4) has it too, and counts from the first alone. */
function canPartial(range: string, capabilities: Capabilities): boolean {
  const context = capabilities.has('CONTEXT=SORT') && !range.startsWith('-');
  return context || (capabilities.has('PARTIAL') && capabilities.has('ESORT'));
}

/**
 * UID SORT (RFC 5256 §3, RFC 5957): UIDs in the order asked for. With ESORT (RFC 5267 §3.1) the answer names the command,
 * and several may be in flight. Of a range the server tells no more than that, where it can; else it is taken from all.
 */
export function sort(
  criteria: readonly SortCriterion[],
  query: SearchQuery,
  connection: ConnectionState,
  { partial }: SortOptions = {},
): Command<number[]> {
  const { capabilities } = connection;
  if (partial !== undefined) naming('SORT', () => requirePartialRange(partial));
  const range = partial !== undefined && canPartial(partial, capabilities) ? partial : undefined;
  const keys = sortKeys(criteria);
  const extended = range !== undefined || capabilities.has('ESORT');
  const numbers: number[] = [];
  let answered = false;
  let named = false;
  let whole = range === undefined;
  return {
    name: 'UID SORT',
    needs: [...requiredCapabilities('UID SORT', query), 'SORT'],
    behaviour: { ...searchBehaviour(query), ...(extended ? {} : { unmarkedAnswer: true }) },
    repeat: () => (ofThisSession(query) ? undefined : sort(criteria, query, connection, { partial })),
    write: (writer) => {
      if (extended) writer.raw(range === undefined ? ' RETURN (ALL)' : ` RETURN (PARTIAL ${range})`);
      writeSortProgram(writer.space(), keys, query);
    },
    untagged: {
      SORT: (reader) => {
        if (extended && answered) return false;
        answered = true;
        whole = true;
        readFound('UID SORT', reader, numbers);
        return true;
      },
      ESEARCH: (reader, _, ownTag) => {
        if (!extended || named) return false;
        const read = readExtendedSearch(reader);
        if (!isAnswerTo(reader, ownTag, answered, read)) return false;
        // What came before without a name was no answer to this.
        if (answered) numbers.length = 0;
        answered = named = true;
        whole = range === undefined;
        const told = range === undefined ? read.allText : read.partialText;
        if (told !== undefined) pushAll(numbers, told, connection.selected?.exists ?? 0);
        return true;
      },
    },
    finish: () => (whole ? inRange(numbers, partial) : numbers),
  };
}

/** Of the whole order what is wanted. */
export function inRange(order: number[], partial: string | undefined): number[] {
  return partial === undefined ? order : order.slice(...placesOf(partial, order.length));
}

/**
 * sort-criteria SP search-criteria; sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"; sort-criterion = ["REVERSE" SP]
 * sort-key (RFC 5256 §5)
 */
export function writeSortProgram(
  writer: Writer,
  keys: readonly { by: SortKey; reverse: boolean }[],
  query: SearchQuery,
): void {
  if (keys.some(({ by }) => by === 'relevancy')) requireFuzzy(query);
  writer.list(keys, ({ by, reverse }) => writer.raw(`${reverse ? 'REVERSE ' : ''}${KEYS[by].word}`));
  writeSearchQuery(writer.raw(' UTF-8 '), query);
}

function pushAll(numbers: number[], set: string, exists: number): void {
  let count = 0;
  eachUidRange(set, (first, last) => {
    count += last - first + 1;
  });
  requirePlausible('UID SORT', count, exists);
  eachUidRange(set, (first, last) => {
    for (let number = first; number <= last; number++) numbers.push(number);
  });
}
