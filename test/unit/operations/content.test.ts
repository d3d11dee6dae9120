import { describe, expect, it } from 'vitest';
import { bodiesOf } from '../../../src/operations/content.ts';
import { type BodyStructure, readBodyStructure } from '../../../src/syntax/body-structure.ts';
import { readerOf } from '../syntax/reader-of.ts';

const bodyOf = (text: string) => readBodyStructure(readerOf(text));

/** A multipart of this type with these parts. */
function multipart(type: string, parts: BodyStructure[]): BodyStructure {
  return Object.assign(bodyOf(`(("A" "B" NIL NIL NIL "7BIT" 1) "${type}")`), { parts });
}

it.each(['PLAIN', 'HTML', 'X'])('finds more parts of TEXT/%s in an alternative than a call takes arguments', (type) => {
  const part = bodyOf(`("TEXT" "${type}" NIL NIL NIL "7BIT" 1 1)`);
  const parts = Array.from({ length: 400_000 }, () => part);
  const { text, html, attachments } = bodiesOf(multipart('ALTERNATIVE', [multipart('MIXED', parts)]));
  expect(text.length + html.length + attachments.length).toBe(parts.length);
});

/** A part by its own name. */
function leaf(type: string, part: string, filename?: string): BodyStructure {
  return Object.assign(bodyOf(`("TEXT" "${type}" NIL NIL NIL "7BIT" 1 1)`), { part, ...(filename && { filename }) });
}

describe('bodiesOf', () => {
  const plain = (part: string, filename?: string) => leaf('PLAIN', part, filename);
  const html = (part: string) => leaf('HTML', part);
  const calendar = (part: string) => leaf('CALENDAR', part);
  const attached = (part: BodyStructure) => Object.assign(part, { disposition: { type: 'attachment', params: {} } });
  const withId = (part: BodyStructure) => Object.assign(part, { id: '<a@b>' });
  const mixed = (...parts: BodyStructure[]) => multipart('MIXED', parts);
  const related = (...parts: BodyStructure[]) => multipart('RELATED', parts);
  const alternative = (...parts: BodyStructure[]) => multipart('ALTERNATIVE', parts);

  it.each<[name: string, structure: BodyStructure, text: string, html: string, attached: string]>([
    ['the last of several texts', alternative(plain('a'), plain('b')), 'b', '', 'a'],
    ['the last of several htmls', alternative(html('a'), html('b')), '', 'b', 'a'],
    [
      'a text before one that has an html beside it',
      alternative(plain('a'), mixed(plain('b'), html('c'))),
      'a',
      'c',
      '',
    ],
    [
      'a text behind one that has an html beside it',
      alternative(mixed(plain('a'), html('b')), plain('c')),
      'c',
      'b',
      '',
    ],
    ['a text that has an html beside it', alternative(mixed(plain('a'), html('b'))), 'a', 'b', ''],
    ['a text whose html is not the best', alternative(mixed(plain('a'), html('b')), html('c')), 'a', 'c', 'b'],
    ['a text before what is neither', alternative(plain('a'), calendar('b')), 'a', '', 'b'],
    ['an html before what is neither', alternative(html('a'), calendar('b')), '', 'a', 'b'],
    ['a text between files', alternative(mixed(plain('a'), calendar('b')), html('c')), 'a', 'c', 'b'],
    ['a text that has a name, where it is the first', plain('a', 'x'), 'a', '', ''],
    ['a named text at the beginning, no other', mixed(plain('a', 'x'), plain('b', 'y'), plain('c')), 'ac', '', 'b'],
    ['a named text at the beginning of an alternative', alternative(plain('a', 'x'), html('b')), 'a', 'b', ''],
    ['no text beside another that has a name', mixed(plain('a'), mixed(plain('b', 'x'))), 'a', '', 'b'],
    ['no text that is marked as an attachment', mixed(attached(plain('a', 'x')), attached(plain('b'))), '', '', 'ab'],
    ['the first of what is related, whose root is not named', related(withId(html('a')), plain('b')), '', 'a', 'b'],
    ['the first of what is related', related(html('a'), mixed(plain('b'), html('c'))), '', 'a', 'bc'],
  ])('finds %s', (_, structure, ...expected) => {
    const { text, html, attachments } = bodiesOf(structure);
    expect([text, html, attachments].map((parts) => parts.map(({ part }) => part).join(''))).toEqual(expected);
  });
});
