import { naming, shown, UsageError } from '../errors.ts';
import type { Command } from '../session/command.ts';
import type { ConnectionState } from '../session/state.ts';
import { isRecord, requireBoolean } from '../syntax/argument.ts';
import type { Capabilities } from '../syntax/capability.ts';
import { placesOf, requirePartialRange } from '../syntax/partial-range.ts';
import {
  ofThisSession,
  requiredCapabilities,
  requireFuzzy,
  type SearchQuery,
  searchBehaviour,
  writeSearchProgram,
} from '../syntax/search-key.ts';
import { type ExtendedSearch, isAnswerTo, readExtendedSearch } from '../syntax/search-result.ts';
import { UidSet } from '../wire/uid-set.ts';
import { readFound } from './search.ts';

/** What to tell of the messages found. Nothing asked for: `all`. */
export interface SearchReturnOptions {
  /** The lowest UID. */
  min?: boolean | undefined;
  /** The highest UID. */
  max?: boolean | undefined;
  /** How many. */
  count?: boolean | undefined;
  all?: boolean | undefined;
  /** Some of them, counted from the first, `'1:100'`, or from the last, `'-1:-100'` (RFC 9394). */
  partial?: string | undefined;
  /** Keep them on the server as the set `'$'` (RFC 5182), until the next such search or another mailbox's turn. */
  save?: boolean | undefined;
  /** How well each matches, of `partial` where that alone is told, 1 to 100 (RFC 6203): with a `fuzzy` key in the query. */
  relevancy?: boolean | undefined;
}

/** What was asked for; `min` and `max` are absent where nothing was found. */
export interface SearchReturned {
  min?: number;
  max?: number;
  count?: number;
  all?: UidSet;
  partial?: UidSet;
  /** The highest mod-sequence among the messages told of, where the query asked for one (RFC 7162 §3.1.10). */
  modseq?: bigint;
  relevancy?: number[];
}

const OPTIONS: readonly (keyof SearchReturnOptions)[] = ['min', 'max', 'count', 'all', 'partial', 'save', 'relevancy'];

/**
 * UID SEARCH RETURN (RFC 4731 §3.1, with RFC 5182, RFC 5267, RFC 6203 and RFC 9394). Without ESEARCH, or PARTIAL, what a
 * server can't tell is worked out from the UIDs found.
 */
export function searchReturn(
  query: SearchQuery,
  given: SearchReturnOptions,
  connection: ConnectionState,
): Command<SearchReturned> {
  const { capabilities } = connection;
  // What is checked is what is sent.
  const want = isRecord(given) ? { ...given } : given;
  naming('UID SEARCH', () => checkOptions(want));
  const extended = capabilities.has('ESEARCH');
  const wanted = wantedOf(want);
  // PARTIAL and ALL exclude each other (RFC 5267 §4.4, RFC 9394 §3.1).
  const partialHere =
    wanted.partial !== undefined && (wanted.all === true || !canPartial(wanted.partial, capabilities));
  const numbers: number[] = [];
  let answered = false;
  let answer: ExtendedSearch | undefined;
  let modseq: bigint | undefined;
  return {
    name: 'UID SEARCH',
    // Checked before all else of the query is looked at.
    needs: [...requiredCapabilities('UID SEARCH', query), ...requiredByOptions(want, capabilities)],
    behaviour: {
      ...searchBehaviour(query),
      ...(extended ? {} : { unmarkedAnswer: true }),
      ...(want.save ? { savesResult: true } : {}),
    },
    repeat: () => (ofThisSession(query) || want.save ? undefined : searchReturn(query, want, connection)),
    write: (writer) => {
      if (want.relevancy) requireFuzzy(query);
      if (extended) writer.raw(` RETURN (${returnWords(wanted, partialHere)})`);
      writeSearchProgram(writer.space(), query, connection.utf8);
    },
    untagged: {
      // Tolerance: Cyrus 2.4 answers a SEARCH RETURN with a plain SEARCH.
      SEARCH: (reader) => {
        if (extended && answered) return false;
        answered = true;
        modseq = readFound('UID SEARCH', reader, numbers).modseq ?? modseq;
        return true;
      },
      ESEARCH: (reader, _, ownTag) => {
        if (!extended || answer !== undefined) return false;
        const read = readExtendedSearch(reader);
        if (!isAnswerTo(reader, ownTag, answered, read)) return false;
        // Before what came without a name.
        answered = true;
        answer = read;
        return true;
      },
    },
    finish: () =>
      toReturned(answer ?? { all: UidSet.from(numbers), ...(modseq === undefined ? {} : { modseq }) }, wanted),
  };
}

function wantedOf(want: SearchReturnOptions): SearchReturnOptions {
  return OPTIONS.some((option) => want[option]) ? want : { all: true };
}

function checkOptions(want: SearchReturnOptions): void {
  if (!isRecord(want)) throw new UsageError('what to return is an object, e.g. { count: true }');
  for (const [option, value] of Object.entries(want)) {
    if (!OPTIONS.some((one) => one === option)) throw new UsageError(`not a return option: ${shown(option)}`);
    if (option !== 'partial') requireBoolean(option, value);
  }
  if (want.partial !== undefined) requirePartialRange(want.partial);
}

/** CONTEXT=SEARCH (RFC 5267 §4.4) counts from the first alone. */
function canPartial(range: string, capabilities: Capabilities): boolean {
  return capabilities.has('PARTIAL') || (capabilities.has('CONTEXT=SEARCH') && !range.startsWith('-'));
}

function requiredByOptions(
  { save, relevancy, partial, all }: SearchReturnOptions,
  capabilities: Capabilities,
): string[] {
  // A part is worked out here from all that is found, and that is what the server would keep.
  const keepsPart = save && partial !== undefined && !all && !canPartial(partial, capabilities);
  return [
    ...(save ? ['SEARCHRES', 'ESEARCH'] : []),
    ...(keepsPart ? ['PARTIAL'] : []),
    ...(relevancy ? ['SEARCH=FUZZY', 'ESEARCH'] : []),
  ];
}

/** search-return-opts (RFC 4466 §3); ALL where something has to be worked out from it. */
function returnWords(want: SearchReturnOptions, partialHere: boolean): string {
  const words: string[] = [];
  for (const option of OPTIONS) {
    if (option === 'partial' && want.partial !== undefined && !partialHere) words.push(`PARTIAL ${want.partial}`);
    else if (option === 'all' ? want.all || partialHere : option !== 'partial' && want[option])
      words.push(option.toUpperCase());
  }
  return words.join(' ');
}

/** Exactly what was asked for: as the server told it, else worked out from all that it found. */
export function toReturned(answer: Partial<ExtendedSearch>, options: SearchReturnOptions): SearchReturned {
  const want = wantedOf(options);
  const { all, min = all?.first, max = all?.last, count = all?.size, modseq, relevancy = [] } = answer;
  const partial = want.partial === undefined ? undefined : (answer.partial ?? sliced(all, want.partial));
  return {
    ...(want.min && min !== undefined ? { min } : {}),
    ...(want.max && max !== undefined ? { max } : {}),
    ...(want.count ? { count: count ?? 0 } : {}),
    ...(want.all ? { all: all ?? UidSet.empty } : {}),
    ...(partial === undefined ? {} : { partial }),
    ...(modseq === undefined ? {} : { modseq }),
    ...(want.relevancy ? { relevancy: want.all ? relevancy : scoresOf(relevancy, partial, want.partial) } : {}),
  };
}

/** Of a part of what was found: a score may be told for each of the part, or of all (RFC 6203 §4). */
function scoresOf(scores: number[], part: UidSet | undefined, range: string | undefined): number[] {
  if (part === undefined || range === undefined || scores.length === part.size) return scores;
  return scores.slice(...placesOf(range, scores.length));
}

function sliced(all = UidSet.empty, range: string): UidSet {
  return all.slice(...placesOf(range, all.size));
}
