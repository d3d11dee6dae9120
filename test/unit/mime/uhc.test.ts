import { describe, expect, it } from 'vitest';
import { decodeUhc } from '../../../src/mime/uhc.ts';

const read = (digits: string): string => decodeUhc(Buffer.from(digits.replaceAll(' ', ''), 'hex'));

describe('decodeUhc', () => {
  it.each([
    ['b0a1 20 c8fe', '가 힝'],
    ['8141', '갂'],
    ['815a 8161 817a 8181 81fe', '갴갵걕걖괓'],
    ['8241', '괔'],
    ['a0fe a141', '좤좥'],
    ['c652', '힣'],
    ['8c63 b9e6 b0a2 c7cf', '똠방각하'],
    ['41 8c63 42', 'A똠B'],
    ['a2e6 a2e7', '€®'],
    ['61 62', 'ab'],
    ['', ''],
  ])('reads %s', (bytes, text) => {
    expect(read(bytes)).toBe(text);
  });

  it('replaces or keeps what is no character', () => {
    expect(read('61 c653')).toContain('\ufffd');
    expect(read('b0a1 8c')).toBe('가\u008c');
  });

  it('takes a megabyte in its stride', () => {
    expect(read('8c63'.repeat(500_000))).toBe('똠'.repeat(500_000));
    expect(read('ff'.repeat(1_000_000))).toMatch(/^\ufffd+$/);
  });
});
