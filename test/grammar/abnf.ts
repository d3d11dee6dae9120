/** ABNF (RFC 5234) at work: what a grammar allows is generated, each alternative in its turn, and what it does not is refused. */
import type { Random } from '../unit/wire/random.ts';

type Expression =
  | { kind: 'alternatives' | 'sequence'; of: Expression[] }
  | { kind: 'repeat'; least: number; most: number; of: Expression }
  | { kind: 'text'; text: string }
  | { kind: 'range'; low: number; high: number }
  | { kind: 'rule'; name: string };

/** What a rule stands for in a generated text, latin1, and the rules within. */
export interface Node {
  rule: string;
  text: string;
  within: Node[];
}

/** A rule that ABNF can't say: a literal's size is that of its bytes. */
export interface Builtin {
  generate(random: Random): string;
  /** The places behind a text of this rule that begins at `from`. */
  match(text: string, from: number): number[];
}

const TOKEN =
  /\s+|;.*|(?<name>[A-Za-z][\w-]*)|"(?<text>[^"]*)"|%x(?<code>[0-9A-F]+(?:[-.][0-9A-F]+)*)|(?<repeat>\d*\*\d*|\d+)|(?<sign>=\/?|[/()[\]])/gy;

/** From one character of a range to the next: through all of them, for no range has a multiple of so many. */
const STEP = 101;

interface Token {
  sign?: string;
  name?: string;
  text?: string;
  code?: string;
  repeat?: string;
}

export class Grammar {
  readonly #rules = new Map<string, Expression>();
  readonly #builtins: ReadonlyMap<string, Builtin>;
  readonly #depths = new Map<Expression, number>();
  /** How often each alternative was taken, and each character of a range. */
  readonly taken = new Map<Expression, number[]>();
  #tokens: Token[] = [];
  #at = 0;

  /** A rule that is there twice has the alternatives of both. */
  constructor(texts: readonly string[], builtins: Readonly<Record<string, Builtin>>) {
    this.#builtins = new Map(Object.entries(builtins));
    for (const text of texts) this.#define(text);
    const expressions: Expression[] = [];
    for (const [rule, expression] of this.#rules) this.#check(rule, expression, expressions);
    for (let before = -1; before !== this.#depths.size; ) {
      before = this.#depths.size;
      for (const expression of expressions) {
        const depth = this.#depthOf(expression);
        if (depth !== undefined && !this.#depths.has(expression)) this.#depths.set(expression, depth);
      }
    }
  }

  get rules(): string[] {
    return [...this.#rules.keys()];
  }

  #define(text: string): void {
    this.#tokens = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.length) {
      const from = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (match === null) throw new Error(`No ABNF: ${text.substring(from, from + 40)}`);
      if (!/^(?:\s|;)/.test(match[0])) this.#tokens.push({ ...match.groups });
    }
    this.#at = 0;
    while (this.#at < this.#tokens.length) {
      const name = this.#tokens[this.#at]?.name?.toLowerCase();
      if (name === undefined) throw new Error(`No rule: ${JSON.stringify(this.#tokens[this.#at])}`);
      this.#at += 2;
      const read = this.#alternatives();
      const known = this.#rules.get(name);
      this.#rules.set(name, known === undefined ? read : { kind: 'alternatives', of: [known, read] });
    }
  }

  #take(sign: string): boolean {
    if (this.#tokens[this.#at]?.sign !== sign) return false;
    this.#at++;
    return true;
  }

  #alternatives(): Expression {
    const of = [this.#sequence()];
    while (this.#take('/')) of.push(this.#sequence());
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'alternatives', of };
  }

  #sequence(): Expression {
    const of: Expression[] = [];
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      const ends = token.sign !== undefined && !'(['.includes(token.sign);
      if (ends || this.#tokens[this.#at + 1]?.sign?.startsWith('=')) break;
      of.push(this.#repeated());
    }
    return of.length === 1 && of[0] !== undefined ? of[0] : { kind: 'sequence', of };
  }

  #repeated(): Expression {
    const repeat = this.#tokens[this.#at]?.repeat;
    if (repeat === undefined) return this.#element();
    this.#at++;
    const [least = '', most = least] = repeat.split('*');
    return {
      kind: 'repeat',
      least: Number(least || 0),
      most: most === '' ? Number.POSITIVE_INFINITY : Number(most),
      of: this.#element(),
    };
  }

  #element(): Expression {
    if (this.#take('(')) return this.#closed(')');
    if (this.#take('[')) return { kind: 'repeat', least: 0, most: 1, of: this.#closed(']') };
    const { name, text, code } = this.#tokens[this.#at++] ?? {};
    if (name !== undefined) return { kind: 'rule', name: name.toLowerCase() };
    if (text !== undefined) return { kind: 'text', text };
    const [low = 0, high = low] = (code ?? '').split('-').map((one) => Number.parseInt(one, 16));
    return { kind: 'range', low, high };
  }

  #closed(sign: string): Expression {
    const inner = this.#alternatives();
    if (!this.#take(sign)) throw new Error(`No ${sign}`);
    return inner;
  }

  #check(rule: string, expression: Expression, all: Expression[]): void {
    all.push(expression);
    if (expression.kind === 'rule' && !this.#rules.has(expression.name) && !this.#builtins.has(expression.name))
      throw new Error(`${rule}: no rule ${expression.name}`);
    if (expression.kind === 'alternatives')
      this.taken.set(
        expression,
        expression.of.map(() => 0),
      );
    if ('of' in expression) for (const one of [expression.of].flat()) this.#check(rule, one, all);
  }

  /** How many rules deep the shortest text is; undefined as long as that is not known. */
  #depthOf(expression: Expression): number | undefined {
    switch (expression.kind) {
      case 'text':
      case 'range':
        return 0;
      case 'repeat': {
        return expression.least === 0 ? 0 : this.#depths.get(expression.of);
      }
      case 'rule': {
        const rule = this.#rules.get(expression.name);
        if (rule === undefined) return 1;
        const known = this.#depths.get(rule);
        return known === undefined ? undefined : known + 1;
      }
      default: {
        const depths = expression.of.map((one) => this.#depths.get(one));
        if (expression.kind === 'sequence')
          return depths.includes(undefined) ? undefined : Math.max(...(depths as number[])); // none is undefined
        const found = depths.filter((one) => one !== undefined);
        return found.length === 0 ? undefined : Math.min(...found);
      }
    }
  }

  /** A text of this rule; beyond `depth` rules within each other the shortest. */
  generate(rule: string, random: Random, depth = 24): Node {
    const name = rule.toLowerCase();
    const builtin = this.#builtins.get(name);
    if (builtin !== undefined) return { rule: name, text: builtin.generate(random), within: [] };
    const expression = this.#rules.get(name);
    if (expression === undefined) throw new Error(`No rule ${rule}`);
    const node: Node = { rule: name, text: '', within: [] };
    node.text = this.#write(expression, random, depth - 1, node);
    return node;
  }

  #write(expression: Expression, random: Random, depth: number, node: Node): string {
    switch (expression.kind) {
      case 'text':
        return anyCase(expression.text, random);
      case 'range': {
        const { low, high } = expression;
        const [count = 0] = this.taken.get(expression) ?? [];
        this.taken.set(expression, [count + 1]);
        return String.fromCharCode(low + ((count * STEP) % (high - low + 1)));
      }
      case 'rule': {
        const inner = this.generate(expression.name, random, depth);
        node.within.push(inner);
        return inner.text;
      }
      case 'sequence':
        return expression.of.map((one) => this.#write(one, random, depth, node)).join('');
      case 'repeat':
        return Array.from({ length: this.#count(expression, random, depth) }, () =>
          this.#write(expression.of, random, depth, node),
        ).join('');
      case 'alternatives':
        return this.#write(this.#choose(expression, expression.of, random, depth), random, depth, node);
    }
  }

  #count({ least, most, of }: { least: number; most: number; of: Expression }, random: Random, depth: number): number {
    if ((this.#depths.get(of) ?? 0) > depth) return least;
    if (most === 1) return least + random.below(2 - least);
    const more = random.below(12) === 0 ? random.below(20) : random.below(4);
    return Math.min(most, least + more);
  }

  #choose(of: Expression, all: Expression[], random: Random, depth: number): Expression {
    const counts = this.taken.get(of) ?? [];
    const shortest = Math.min(...all.map((one) => this.#depths.get(one) ?? 0));
    const limit = Math.max(depth, shortest);
    const possible = all.flatMap((one, index) => ((this.#depths.get(one) ?? 0) <= limit ? [index] : []));
    const rarest = possible.reduce((a, b) => ((counts[b] ?? 0) < (counts[a] ?? 0) ? b : a));
    const isNew = (counts[rarest] ?? 0) === 0;
    const index = isNew || random.below(3) === 0 ? rarest : (possible[random.below(possible.length)] ?? rarest);
    counts[index] = (counts[index] ?? 0) + 1;
    return all[index] ?? of;
  }

  /** How often each alternative was taken, in the order of the texts. */
  get alternatives(): number[] {
    return [...this.taken].filter(([{ kind }]) => kind === 'alternatives').flatMap(([, counts]) => counts);
  }

  /** True where the whole text is of this rule. */
  matches(rule: string, text: string): boolean {
    const memory = new Map<Expression, Map<number, number[]>>();
    return this.#ends({ kind: 'rule', name: rule.toLowerCase() }, text, 0, memory).includes(text.length);
  }

  /** The places behind all that the expression can stand for from a place on. */
  #ends(expression: Expression, text: string, from: number, memory: Map<Expression, Map<number, number[]>>): number[] {
    switch (expression.kind) {
      case 'text': {
        const end = from + expression.text.length;
        return text.substring(from, end).toLowerCase() === expression.text.toLowerCase() ? [end] : [];
      }
      case 'range': {
        const code = text.charCodeAt(from);
        return code >= expression.low && code <= expression.high ? [from + 1] : [];
      }
      case 'rule': {
        const builtin = this.#builtins.get(expression.name);
        if (builtin !== undefined) return builtin.match(text, from);
        const rule = this.#rules.get(expression.name);
        if (rule === undefined) throw new Error(`No rule ${expression.name}`);
        const places = memory.get(rule) ?? new Map<number, number[]>();
        memory.set(rule, places);
        const known = places.get(from);
        if (known !== undefined) return known;
        const ends = this.#ends(rule, text, from, memory);
        places.set(from, ends);
        return ends;
      }
      case 'alternatives':
        return [...new Set(expression.of.flatMap((one) => this.#ends(one, text, from, memory)))];
      case 'sequence': {
        let places = [from];
        for (const one of expression.of)
          places = [...new Set(places.flatMap((place) => this.#ends(one, text, place, memory)))];
        return places;
      }
      case 'repeat': {
        const found = new Set<number>(expression.least === 0 ? [from] : []);
        let places = [from];
        for (let count = 1; count <= expression.most && places.length > 0; count++) {
          const next = new Set(places.flatMap((place) => this.#ends(expression.of, text, place, memory)));
          places = [...next].filter((place) => !found.has(place));
          if (count >= expression.least) for (const place of places) found.add(place);
        }
        return [...found];
      }
    }
  }
}

/** Keywords of a grammar are written in any case of letters. */
function anyCase(text: string, random: Random): string {
  const way = random.below(4);
  if (way === 0) return text.toLowerCase();
  if (way === 1) return text.toUpperCase();
  if (way === 2) return text;
  return [...text].map((one) => (random.below(2) === 0 ? one.toLowerCase() : one.toUpperCase())).join('');
}

/** The nodes of a rule within a node, in order, but not those within another of that rule. */
export function all(node: Node, rule: string): Node[] {
  return node.within.flatMap((one) => (one.rule === rule ? [one] : all(one, rule)));
}

/** The first node of a rule. */
export function first(node: Node, rule: string): Node | undefined {
  return all(node, rule)[0];
}
