import { describe, expect, it } from 'vitest';
import { Chain, type Chained } from '../../../src/session/chain.ts';

interface Item extends Chained<Item> {
  name: string;
}

function items(names: string): Item[] {
  return [...names].map((name) => ({ name, before: undefined, behind: undefined }));
}

function filled(all: Item[]): Chain<Item> {
  const chain = new Chain<Item>();
  for (const item of all) chain.push(item);
  return chain;
}

/** From the first on, and from the last on. */
function names({ first }: Chain<Item>): [string, string] {
  let forth = '';
  let back = '';
  let last: Item | undefined;
  for (let item = first; item !== undefined; item = item.behind) {
    forth += item.name;
    last = item;
  }
  for (let item = last; item !== undefined; item = item.before) back += item.name;
  return [forth, back];
}

describe('Chain', () => {
  it('keeps items in order, wherever one is taken out', () => {
    const all = items('abcde');
    const chain = filled(all);
    expect([names(chain), chain.size]).toEqual([['abcde', 'edcba'], 5]);
    for (const [index, left] of [
      [2, 'abde'],
      [0, 'bde'],
      [4, 'bd'],
      [1, 'd'],
      [3, ''],
    ] as const) {
      expect(chain.remove(all[index] as Item)).toBe(true); // one of the five
      expect([names(chain)[0], chain.size]).toEqual([left, left.length]);
    }
    const [next] = items('f');
    chain.push(next as Item); // of the one
    expect(names(chain)).toEqual(['f', 'f']);
  });

  it('says that an item is not there, and leaves the others', () => {
    const all = items('ab');
    const chain = filled(all);
    expect(chain.remove(items('x')[0] as Item)).toBe(false); // the one
    expect(chain.remove(all[0] as Item)).toBe(true); // of the two
    expect(chain.remove(all[0] as Item)).toBe(false); // as before
    expect([names(chain), chain.size]).toEqual([['b', 'b'], 1]);
  });

  it('takes an item in again, at the end', () => {
    const all = items('abc');
    const chain = filled(all);
    chain.remove(all[0] as Item); // of the three
    chain.push(all[0] as Item); // as before
    expect(names(chain)).toEqual(['bca', 'acb']);
  });

  it('takes an item in before another', () => {
    const [a, b, c, d] = items('abcd') as [Item, Item, Item, Item]; // four letters
    const chain = filled([c]);
    chain.push(a, c);
    chain.push(b, c);
    chain.push(d);
    expect([names(chain), chain.size]).toEqual([['abcd', 'dcba'], 4]);
  });

  it('gives all away, none of them tied to another any more', () => {
    const all = items('abc');
    const chain = filled(all);
    expect(chain.takeAll()).toEqual(items('abc'));
    expect([chain.first, chain.size]).toEqual([undefined, 0]);
  });
});
