import { UsageError } from '../errors.ts';

/** An entry of METADATA as ANNOTATEMORE names it: /private/comment is the attribute value.priv of /comment. */
export interface AnnotationName {
  entry: string;
  attribute: 'value.priv' | 'value.shared';
}

/** draft-daboo-imap-annotatemore-17 became RFC 5464: what was an attribute is now the first part of the name. */
export function annotationName(metadataEntry: string): AnnotationName {
  const [, scope, entry] = /^\/(private|shared)(\/.+)$/i.exec(metadataEntry) ?? [];
  if (entry === undefined)
    throw new UsageError(`Neither a /private nor a /shared entry: ${JSON.stringify(metadataEntry)}`);
  return { entry, attribute: scope?.toLowerCase() === 'private' ? 'value.priv' : 'value.shared' };
}

/** The entry of METADATA for an annotation's attribute; undefined for one that is no value (size, content-type…). */
export function metadataEntry(entry: string, attribute: string): string | undefined {
  const name = attribute.toLowerCase();
  if (name === 'value.priv') return `/private${entry}`;
  return name === 'value.shared' ? `/shared${entry}` : undefined;
}
