/** Access control (RFC 4314): what a session's user may do with a mailbox. Without ACL everything. */
import type { Mailbox } from './mailbox.ts';
import { bad, no } from './refusal.ts';
import type { Session } from './session.ts';

/** Standard rights (RFC 4314 §2.1), in the order in which they are written. */
export const ALL_RIGHTS = 'lrswipkxtea';
/** What the owner of a mailbox cannot lose. */
export const OWNERS_RIGHTS = 'la';
/** Rights of RFC 2086 that stand for several (RFC 4314 §2.1.1). */
const OBSOLETE: Readonly<Record<string, string>> = { c: 'kx', d: 'te' };

/** The rights that letters mean, each once and in order. */
export function parseRights(letters: string): string {
  const meant = new Set([...letters].flatMap((letter) => [...(OBSOLETE[letter] ?? letter)]));
  for (const letter of meant) if (!ALL_RIGHTS.includes(letter)) throw bad(`No right ${JSON.stringify(letter)}`);
  return ordered(meant);
}

export function ordered(letters: Iterable<string>): string {
  const set = new Set(letters);
  return [...ALL_RIGHTS].filter((letter) => set.has(letter)).join('');
}

/** As MYRIGHTS, ACL and LISTRIGHTS have them: whoever has a part of an obsolete right is told that one too (RFC 4314 §2.1.1). */
export function withObsolete(rights: string): string {
  const had = Object.keys(OBSOLETE).filter((one) => [...(OBSOLETE[one] ?? '')].some((part) => rights.includes(part)));
  return rights + had.join('');
}

/** The rights that count for a user: what is given, to all or to them, without what is taken away. */
export function rightsOf({ acl, owner }: Mailbox, user: string): string {
  const given = `${acl.get(user) ?? ''}${acl.get('anyone') ?? ''}`;
  const taken = `${acl.get(`-${user}`) ?? ''}${acl.get('-anyone') ?? ''}`;
  return ordered([...[...given].filter((letter) => !taken.includes(letter)), ...(user === owner ? OWNERS_RIGHTS : '')]);
}

/** Whether the user has one of these rights. */
export function mayAny(session: Session, mailbox: Mailbox, rights: string): boolean {
  if (!session.offers('ACL')) return true;
  const had = rightsOf(mailbox, session.mail.user);
  return [...rights].some((right) => had.includes(right));
}

/** Throws NOPERM where the user lacks one of these rights. */
export function requireRights(session: Session, mailbox: Mailbox, rights: string): void {
  for (const right of rights) if (!mayAny(session, mailbox, right)) throw no('Permission denied', 'NOPERM');
}

/** Which flags the user may change (RFC 4314 §4, STORE). */
export function maySet(session: Session, mailbox: Mailbox): (flag: string) => boolean {
  const [seen, deleted, others] = [...'stw'].map((right) => mayAny(session, mailbox, right));
  return (flag) => (flag === '\\Seen' ? seen : flag === '\\Deleted' ? deleted : others) === true;
}
