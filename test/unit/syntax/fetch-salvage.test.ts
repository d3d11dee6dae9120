import { expect, it } from 'vitest';
import { salvageFetch } from '../../../src/syntax/fetch-salvage.ts';
import { Framer } from '../../../src/wire/framer.ts';
import { Reader } from '../../../src/wire/reader.ts';

function salvaged(input: string) {
  const results: unknown[] = [];
  const framer = new Framer({ frame: (frame) => results.push(salvageFetch(new Reader(), frame)) });
  framer.receive(Buffer.from(`${input}\r\n`, 'latin1'));
  return results;
}

it.each([
  ['* 1 FETCH (UID 5 RFC822.SIZE many FLAGS ())', { uid: 5, seq: 1, flags: new Set() }],
  ['* 1 FETCH (RFC822.SIZE UID 5 MODSEQ)', { uid: 5, seq: 1 }],
  [
    '* 1 FETCH (RFC822.SIZE x UID 5 X-A (b c) BODY[] {1}\r\nx)',
    expect.objectContaining({ uid: 5, sections: [expect.anything()] }),
  ],
  ['* 1 FETCH (UID 5 BINARY.SIZE[1.2] 9007199254740993 FLAGS ())', { uid: 5, seq: 1, flags: new Set() }],
  ['* 1 FETCH (UID 5 BODY[HEADER.FIELDS (A B)]<0> (x) FLAGS ())', { uid: 5, seq: 1, flags: new Set() }],
  ['* 1 FETCH (UID 5 ANNOTATION (/a (b)) FLAGS ())', { uid: 5, seq: 1, flags: new Set() }],
  ['* 1 FETCH (ENVELOPE {1}\r\nx UID 5)', { uid: 5, seq: 1 }],
  ['* 1 FETCH (RFC822.SIZE x (UID 6 ) UID 5)', { uid: 5, seq: 1 }],
  ['* 1 FETCH (RFC822.SIZE x UID 5) ', { uid: 5, seq: 1 }],
  ['* 5 UIDFETCH (BODYSTRUCTURE x FLAGS ())', { uid: 5, flags: new Set() }],
  ['* 5 UIDFETCH (BODYSTRUCTURE x)', { uid: 5 }],
  ['* 4294967295 FETCH (RFC822.SIZE x UID 5)', { uid: 5, seq: 4294967295 }],
])('%j is read but for what fits no grammar', (input, data) => {
  expect(salvaged(input)).toEqual([expect.objectContaining({ data })]);
});

it.each([
  '* 1 FETCH (UID 5 RFC822.SIZE )(',
  '* 1 FETCH (UID 5 RFC822.SIZE x',
  '* 1 FETCH (UID 5 RFC822.SIZE "x)',
  '* 1 FETCH (RFC822.SIZE x)',
  '* 0 FETCH (UID 5)',
  '* 0 UIDFETCH (FLAGS ())',
  '* FETCH (UID 5)',
  '* 1 FETCH UID 5',
  '* SEARCH x',
  '* 1 FETCH (RFC822.SIZE a UID b MODSEQ c BODYSTRUCTURE d ENVELOPE e EMAILID f FLAGS ())',
])('%j is dropped whole', (input) => {
  expect(salvaged(input)).toEqual([undefined]);
});

it('takes linear time for sections that nothing ends', () => {
  const [result] = salvaged(`* 1 FETCH (${'BINARY.SIZE[1 '.repeat(70_000)}UID 5 FLAGS ())`);
  expect(result).toEqual(expect.objectContaining({ data: { uid: 5, seq: 1, flags: new Set() } }));
});
