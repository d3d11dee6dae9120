import type { Arguments } from './arguments.ts';
import { bad } from './refusal.ts';
import type { Session } from './session.ts';

/** Which mailboxes a NOTIFY or an ESEARCH is about. */
export interface MailboxFilter {
  /** Upper case: SELECTED and SELECTED-DELAYED mean what is selected, whatever its name. */
  kind: string;
  /** Whether a mailbox of this name is meant. */
  test(name: string): boolean;
}

/** filter-mailboxes (RFC 5465 §8, RFC 7377 §4) */
export function parseMailboxFilter({ mail }: Session, args: Arguments): MailboxFilter {
  const kind = args.match(/[A-Za-z-]+/y)?.toUpperCase() ?? '';
  switch (kind) {
    case 'SELECTED':
    case 'SELECTED-DELAYED':
      return { kind, test: () => false };
    case 'PERSONAL':
      return { kind, test: () => true };
    case 'INBOXES':
      return { kind, test: (name) => name === 'INBOX' };
    case 'SUBSCRIBED':
      return { kind, test: (name) => mail.subscriptions.has(name) };
    case 'SUBTREE':
    case 'SUBTREE-ONE':
    case 'MAILBOXES': {
      const tops = parseNames(args);
      const below = (name: string, top: string) => {
        const rest = name.startsWith(top + mail.delimiter) ? name.slice(top.length + 1) : undefined;
        return rest !== undefined && (kind === 'SUBTREE' || !rest.includes(mail.delimiter));
      };
      return { kind, test: (name) => tops.some((top) => name === top || (kind !== 'MAILBOXES' && below(name, top))) };
    }
    default:
      throw bad('Unknown mailboxes');
  }
}

/** one-or-more-mailbox = mailbox / many-mailboxes (RFC 5465 §8) */
function parseNames(args: Arguments): string[] {
  args.space();
  const names = args.peek() === '(' ? args.list(() => args.mailbox()) : [args.mailbox()];
  if (names.length === 0) throw bad('No mailboxes');
  return names;
}
