import { shown, UsageError } from '../errors.ts';
import type { Reader } from '../wire/reader.ts';
import { Writer } from '../wire/writer.ts';
import { isRecord } from './argument.ts';
import { writeEntry, writeValue } from './metadata.ts';

/** Annotations of messages (RFC 5257), which never left that state. */
export const ANNOTATE = 'ANNOTATE-EXPERIMENT-1';

/** An entry of METADATA as ANNOTATEMORE names it: /private/comment is the attribute value.priv of /comment. */
export interface AnnotationName {
  entry: string;
  attribute: 'value.priv' | 'value.shared';
}

/** draft-daboo-imap-annotatemore-17 became RFC 5464: what was an attribute is now the first part of the name. */
export function annotationName(metadataEntry: string): AnnotationName {
  const [, scope, entry] =
    typeof metadataEntry === 'string' ? (/^\/(private|shared)(\/.+)$/i.exec(metadataEntry) ?? []) : [];
  if (entry === undefined) throw new UsageError(`neither a /private nor a /shared entry: ${shown(metadataEntry)}`);
  return { entry, attribute: scope?.toLowerCase() === 'private' ? 'value.priv' : 'value.shared' };
}

/**
 * "(" att-value *(SP att-value) ")" of an entry (RFC 5257 §5). Each value is handed on by METADATA's name; attributes that are
 * no value are passed over.
 */
export function readAttributes(
  reader: Reader,
  entry: string,
  take: (name: string, value: Buffer | null) => void,
): void {
  reader.list(() => {
    const name = metadataEntry(entry, reader.astring());
    reader.skipSpaces();
    const value = reader.nstringBytes();
    if (name !== undefined) take(name, value);
  });
}

/** The entry of METADATA for an annotation's attribute; undefined for one that is no value (size, content-type…). */
function metadataEntry(entry: string, attribute: string): string | undefined {
  const name = attribute.toLowerCase();
  if (name === 'value.priv') return `/private${entry}`;
  return name === 'value.shared' ? `/shared${entry}` : undefined;
}

/** entry-att *(SP entry-att); entry-att = entry SP "(" att-value *(SP att-value) ")" (RFC 5257 §5), from METADATA's names */
export function writeAnnotations(writer: Writer, entries: Readonly<Record<string, string | Uint8Array | null>>): void {
  if (typeof entries !== 'object' || entries === null) throw new UsageError('the entries to set are an object');
  const all = Object.entries(entries).map(([name, value]) => ({ ...annotationName(name), value }));
  if (all.length === 0) throw new UsageError('no entry to set');
  writer.spaced(byEntry(all), ([entry, attributes]) => {
    writeEntry(writer, entry);
    writer.space().list(attributes, ({ attribute, value }) => {
      writer.string(attribute).space();
      writeValue(writer, value);
    });
  });
}

/**
 * search-key =/ "ANNOTATION" SP entry-match SP att-search SP nstring (RFC 5257 §5), one for each entry, from METADATA's names.
 * By an empty text Cyrus finds the messages that have no such annotation.
 */
export function writeAnnotationKeys(writer: Writer, texts: Readonly<Record<string, string>>): void {
  if (!isRecord(texts)) throw new UsageError('the entries to look at are an object');
  const all = Object.entries(texts).map(([name, text]) => ({ ...annotationName(name), text }));
  if (all.length === 0) throw new UsageError('no entry to look at');
  writer.spaced(all, ({ entry, attribute, text }) => {
    if (text === '') throw new UsageError(`the text to find in ${entry} is empty`);
    writeEntry(writer.raw('ANNOTATION '), entry);
    writer.space().string(attribute).space().string(text);
  });
}

function byEntry<T extends { entry: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.entry, [...(groups.get(one.entry) ?? []), one]);
  return groups;
}

/** "ANNOTATION" SP "(" entries SP attribs ")": what FETCH is asked for (RFC 5257 §5), from METADATA's names */
export function annotationItem(names: readonly string[]): string {
  if (!Array.isArray(names) || names.length === 0) throw new UsageError('annotations are an array of entries');
  const asked = names.map(annotationName);
  const writer = new Writer().raw('ANNOTATION (');
  writer.list(new Set(asked.map(({ entry }) => entry)), (entry) => writeEntry(writer, entry));
  writer.space().list(new Set(asked.map(({ attribute }) => attribute)), (attribute) => writer.string(attribute));
  // Entries are quoted, however long: it is one text.
  return writer.raw(')').end().join('').trimEnd();
}
