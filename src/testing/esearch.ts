import type { Arguments } from './arguments.ts';
import { numberSet, string } from './format.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';

/** A return option of RFC 4731 as one command asked for it: what it adds to the ESEARCH response. */
export interface ReturnOption {
  name: string;
  /** `MIN 3`; undefined where there is nothing to say. */
  write(numbers: number[]): string | undefined;
}

interface OptionKind {
  capability?: string;
  parse(name: string, args: Arguments): ReturnOption;
}

function simple(value: (numbers: number[]) => string | number | undefined): OptionKind {
  return {
    parse: (name) => ({
      name,
      write(numbers) {
        const result = value(numbers);
        return result === undefined ? undefined : `${name} ${result}`;
      },
    }),
  };
}

/** search-return-opt (RFC 4466, RFC 4731 §3.1): a new option is a new row. */
const OPTIONS: Readonly<Record<string, OptionKind>> = {
  MIN: simple((numbers) => numbers[0]),
  MAX: simple((numbers) => numbers.at(-1)),
  COUNT: simple((numbers) => numbers.length),
  ALL: simple((numbers) => (numbers.length > 0 ? numberSet(numbers) : undefined)),
};

/** [RETURN SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]; undefined: a plain SEARCH response is wanted. */
export function parseReturn(session: Session, args: Arguments): ReturnOption[] | undefined {
  if (!session.offers('ESEARCH') || args.match(/RETURN /iy) === undefined) return undefined;
  const options = args.list(() => parseOption(session, args.word(), args));
  args.space();
  return options.length > 0 ? options : [parseOption(session, 'ALL', args)];
}

function parseOption(session: Session, name: string, args: Arguments): ReturnOption {
  const kind = OPTIONS[name];
  if (!kind || (kind.capability !== undefined && !session.offers(kind.capability)))
    throw bad(`Unknown return option ${name}`);
  return kind.parse(name, args);
}

/** esearch-response (RFC 4466 §2.6.2, RFC 4731 §3.1) */
export function writeEsearch(session: Session, options: ReturnOption[], numbers: number[], byUid: boolean): void {
  const results = options.map((option) => option.write(numbers)).filter((result) => result !== undefined);
  session.untagged(['ESEARCH', `(TAG ${string(session.tag)})`, ...(byUid ? ['UID'] : []), ...results].join(' '));
}
