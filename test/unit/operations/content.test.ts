import { expect, it } from 'vitest';
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
