import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { mailboxName } from '../dialect.ts';
import { astring, string } from '../format.ts';
import type { Mailbox } from '../mailbox.ts';
import { bad } from '../refusal.ts';
import { ALL_RIGHTS, OWNERS_RIGHTS, ordered, parseRights, requireRights, rightsOf, withObsolete } from '../rights.ts';
import type { Session } from '../session.ts';

/** GETACL (RFC 4314 §3.3) */
export const getAcl: ServerCommand = {
  name: 'GETACL',
  state: 'authenticated',
  capability: 'ACL',
  run(session, args) {
    const { mailbox, given } = parseMailbox(session, args);
    args.end();
    const entries = [...mailbox.acl].map(
      ([identifier, rights]) => ` ${astring(identifier)} ${string(withObsolete(rights))}`,
    );
    session.untagged(`ACL ${mailboxName(session, given)}${entries.join('')}`);
    return { text: 'GETACL completed' };
  },
};

/** SETACL (RFC 4314 §3.1) */
export const setAcl: ServerCommand = {
  name: 'SETACL',
  state: 'authenticated',
  capability: 'ACL',
  run(session, args) {
    const { acl } = parseMailbox(session, args).mailbox;
    const identifier = parseIdentifier(args);
    args.space();
    const [, sign, letters = ''] = /^([+-]?)(.*)$/s.exec(args.astring()) ?? [];
    args.end();
    const changed = parseRights(letters);
    const present = acl.get(identifier) ?? '';
    if (sign === '+') acl.set(identifier, ordered(present + changed));
    else if (sign === '-') acl.set(identifier, ordered([...present].filter((right) => !changed.includes(right))));
    else acl.set(identifier, changed);
    // Nothing given is no entry.
    if (acl.get(identifier) === '') acl.delete(identifier);
    return { text: 'SETACL completed' };
  },
};

/** DELETEACL (RFC 4314 §3.2) */
export const deleteAcl: ServerCommand = {
  name: 'DELETEACL',
  state: 'authenticated',
  capability: 'ACL',
  run(session, args) {
    const { acl } = parseMailbox(session, args).mailbox;
    acl.delete(parseIdentifier(args));
    args.end();
    return { text: 'DELETEACL completed' };
  },
};

/** LISTRIGHTS (RFC 4314 §3.4): each right can be given alone. */
export const listRights: ServerCommand = {
  name: 'LISTRIGHTS',
  state: 'authenticated',
  capability: 'ACL',
  run(session, args) {
    const { mailbox, given } = parseMailbox(session, args);
    const identifier = parseIdentifier(args);
    args.end();
    const required = identifier === mailbox.owner ? OWNERS_RIGHTS : '';
    const optional = [...withObsolete(ALL_RIGHTS)].filter((right) => !required.includes(right)).join(' ');
    session.untagged(
      `LISTRIGHTS ${mailboxName(session, given)} ${astring(identifier)} ${string(required)} ${optional}`,
    );
    return { text: 'LISTRIGHTS completed' };
  },
};

/** MYRIGHTS (RFC 4314 §3.5) */
export const myRights: ServerCommand = {
  name: 'MYRIGHTS',
  state: 'authenticated',
  capability: 'ACL',
  run(session, args) {
    args.space();
    const given = args.givenMailbox();
    const mailbox = session.mailbox(given, 'NONEXISTENT');
    args.end();
    writeMyRights(session, mailbox, given);
    return { text: 'MYRIGHTS completed' };
  },
};

/** myrights-data = "MYRIGHTS" SP mailbox SP rights (RFC 4314 §7), also of LIST (RFC 8440) */
export function writeMyRights(session: Session, mailbox: Mailbox, given = mailbox.name): void {
  session.untagged(`MYRIGHTS ${mailboxName(session, given)} ${withObsolete(rightsOf(mailbox, session.mail.user))}`);
}

/** SP mailbox, one that the user administers, and the name that it was given by */
function parseMailbox(session: Session, args: Arguments): { mailbox: Mailbox; given: string } {
  args.space();
  const given = args.givenMailbox();
  const mailbox = session.mailbox(given, 'NONEXISTENT');
  requireRights(session, mailbox, 'a');
  return { mailbox, given };
}

/** SP identifier */
function parseIdentifier(args: Arguments): string {
  args.space();
  const identifier = args.astring();
  if (/^-?$/.test(identifier)) throw bad('Empty identifier');
  return identifier;
}
