const USES = ['\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash', '\\Important'];

/** The special use of that name (RFC 6154 §2, RFC 8457), whatever its case. */
export function specialUse(attribute: string): string | undefined {
  return USES.find((use) => use.toLowerCase() === attribute.toLowerCase());
}
