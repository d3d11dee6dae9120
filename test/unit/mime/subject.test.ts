import { describe, expect, it } from 'vitest';
import { baseSubject } from '../../../src/mime/subject.ts';

describe('baseSubject', () => {
  it.each([
    ['Hello', 'Hello', false],
    ['Re: Hello', 'Hello', true],
    ['RE:Hello', 'Hello', true],
    ['re : Hello', 'Hello', true],
    ['Fw: Hello', 'Hello', true],
    ['FWD: Hello', 'Hello', true],
    ['Fwd: Re: Fw: Hello', 'Hello', true],
    ['Re[2]: Hello', 'Hello', true],
    ['Re [a b] : Hello', 'Hello', true],
    ['Re[2] [3]: Hello', 'Re[2] [3]: Hello', false],
    ['[list] Hello', 'Hello', false],
    ['[list] Re: Hello', 'Hello', true],
    ['Re: [list] Hello', 'Hello', true],
    ['[a] [b][c] Hello', 'Hello', false],
    ['[a] [b] Re: [c] Fwd: [d] Hello', 'Hello', true],
    ['[only]', '[only]', false],
    ['[a][b]', '[b]', false],
    ['Re: [a] [b]', '[b]', true],
    ['Hello (fwd)', 'Hello', true],
    ['Hello (FWD) (fwd)  ', 'Hello', true],
    ['Hello(fwd)', 'Hello', true],
    ['[Fwd: Hello]', 'Hello', true],
    ['[fwd: [Fwd: Re: Hello (fwd)] ]', 'Hello', true],
    ['[fwd: Hello', '[fwd: Hello', false],
    ['[fwd: a] b', 'b', false],
    ['Hello [world]', 'Hello [world]', false],
    ['Re', 'Re', false],
    ['Re:', '', true],
    ['Ref: Hello', 'Ref: Hello', false],
    ['Regarding: Hello', 'Regarding: Hello', false],
    ['(fwd)', '', true],
    ['[]', '[]', false],
    ['[] Hello', 'Hello', false],
    ['[unclosed Hello', '[unclosed Hello', false],
    ['a \t b\r\n c', 'a b c', false],
    ['  Hello  ', 'Hello', false],
    ['Re: Grüße', 'Grüße', true],
    ['', '', false],
    ['   ', '', false],
  ])('of %j is %j', (subject, text, isReplyOrForward) => {
    expect(baseSubject(subject)).toEqual({ text, isReplyOrForward });
  });

  it.each(['[', ']', '[]', '[a] ', 're:', 're[', 're:[a]', '[fwd:', '(fwd)', ' ', '[fwd:x]', 're ', 'fw'])(
    'takes a megabyte of %j in its stride',
    (piece) => {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(baseSubject(text).text.length).toBeLessThanOrEqual(text.length);
      expect(baseSubject(`${text}x`).text).toMatch(/x$/);
    },
  );

  it('takes a deep nest of forwards in its stride', () => {
    const depth = 100_000;
    expect(baseSubject(`${'[fwd: '.repeat(depth)}Hello${' [x'.repeat(10)}${']'.repeat(depth)}`).isReplyOrForward).toBe(
      true,
    );
  });
});
