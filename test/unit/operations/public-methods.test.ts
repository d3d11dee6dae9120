import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { publicMethods } from '../../../src/operations/public-methods.ts';

const mistake = new Error('a mistake');
const methods = () =>
  publicMethods(
    {
      given: (value: unknown): unknown => value,
      fails: (): unknown => {
        throw mistake;
      },
      throws: (_value: unknown): unknown => {
        throw mistake;
      },
      inside: (value: unknown): unknown => value,
    },
    { throwing: ['throws'], internal: ['inside'] },
  );

describe('publicMethods', () => {
  it('gives what the method gives', () => {
    expect(methods().given(7)).toBe(7);
    expect(methods().given(undefined)).toBeUndefined();
  });

  it('rejects with null among the arguments, and with what the method throws', async () => {
    await expect(methods().given(null)).rejects.toThrow(UsageError);
    await expect(methods().fails()).rejects.toBe(mistake);
  });

  it('throws where the method is one that throws', () => {
    expect(() => methods().throws(null)).toThrow(UsageError);
    expect(() => methods().throws(1)).toThrow(mistake);
  });

  it('leaves alone what no caller calls', () => {
    expect(methods().inside(null)).toBeNull();
  });

  it('rejects what is called where no call is taken any more, and leaves that to the method where it throws', async () => {
    const refuse = (_: object, name: string) => {
      throw new UsageError(`${name}: no more`);
    };
    const own = publicMethods({ given: (): unknown => 7, throws: (): unknown => 7 }, { throwing: ['throws'], refuse });
    await expect(own.given()).rejects.toThrow('given: no more');
    expect(own.throws()).toBe(7);
  });

  it('leaves an object its class', () => {
    class Given {}
    publicMethods(Given.prototype);
    expect(new Given().constructor).toBe(Given);
  });
});
