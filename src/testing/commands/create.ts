import type { Arguments } from '../arguments.ts';
import type { ServerCommand } from '../command.ts';
import { normalized } from '../dialect.ts';
import { reportName } from '../listing.ts';
import { requireRoom } from '../quota.ts';
import { bad, no } from '../refusal.ts';
import { requireRights } from '../rights.ts';
import type { Session } from '../session.ts';
import { specialUse } from '../special-use.ts';

/** CREATE (RFC 3501 §6.3.3), with USE (RFC 6154 §3) */
export const create: ServerCommand = {
  name: 'CREATE',
  state: 'authenticated',
  run(session, args) {
    args.space();
    const name = args.mailbox();
    const use = parseUse(session, args);
    args.end();
    requireRoom(session, { mailboxes: 1 });
    const given = name.endsWith(session.mail.delimiter) ? name.slice(0, -1) : name;
    const parent = session.mail.parent(given);
    if (parent) requireRights(session, parent, 'k');
    const { mailboxId, name: kept } = session.mail.create(
      normalized(session, given),
      use === undefined ? {} : { specialUse: use },
    );
    if (kept !== given) reportName(session, given, kept);
    return { text: 'CREATE completed', code: session.offers('OBJECTID') ? `MAILBOXID (${mailboxId})` : undefined };
  },
};

/** [SP "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")"]; this server gives a mailbox at most one. */
function parseUse(session: Session, args: Arguments): string | undefined {
  if (!session.offers('CREATE-SPECIAL-USE') || !args.take(' ')) return undefined;
  args.expect('(');
  if (args.word() !== 'USE') throw bad('Unknown CREATE parameter');
  args.space();
  const attributes = args.list(() => {
    args.expect('\\');
    return `\\${args.atom()}`;
  });
  args.expect(')');
  if (attributes.length > 1) throw no('One special use at most', 'USEATTR');
  const [attribute] = attributes;
  if (attribute === undefined) return undefined;
  const use = specialUse(attribute);
  if (use === undefined) throw no('Special use not supported', 'USEATTR');
  for (const mailbox of session.mail.mailboxes)
    if (mailbox.specialUse === use) throw no('Another mailbox has that special use', 'USEATTR');
  return use;
}
