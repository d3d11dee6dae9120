import { login } from '../../../../src/commands/login.ts';
import { type NotifyGroup, notify } from '../../../../src/commands/notify.ts';
import { searchUpdates } from '../../../../src/commands/search-updates.ts';
import { select } from '../../../../src/commands/select.ts';
import { status } from '../../../../src/commands/status.ts';
import { type ClientLines, extended, mailbox, plain } from './row.ts';

const messages = ['messageNew', 'messageExpunge'] as const;
const selected: NotifyGroup = { scope: 'selected', events: messages, fetch: { headers: ['from', 'to', 'subject'] } };
const lists: NotifyGroup = { scope: { subtree: 'Lists' }, events: messages };
const misc: NotifyGroup = { scope: { mailboxes: 'misc' }, events: messages };

/**
 * The examples of §3.1 leave the parentheses around the events out, and MessageExpunge, which §5 wants beside MessageNew.
 * Where none of an example's groups is about the selected mailbox, one is added that leaves all there as it is.
 */
export const rfc5465: ClientLines = {
  rows: [
    ['login bob alice', login('bob', 'alice'), 'LOGIN "bob" "alice"'],
    [
      'notify set status (selected MessageNew (uid body.peek[header.fields (from to subject)]) MessageExpunge) (subtree Lists MessageNew)',
      notify([selected, lists], true, plain.capabilities),
      'NOTIFY SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT)]) MessageExpunge)) (subtree ("Lists") (MessageNew MessageExpunge))',
    ],
    ['select inbox', select(mailbox('inbox'), plain), 'SELECT "inbox"'],
    [
      'STATUS misc (UIDVALIDITY UIDNEXT MESSAGES)',
      status('misc', ['uidValidity', 'uidNext', 'messages'], plain),
      'STATUS "misc" (MESSAGES UIDNEXT UIDVALIDITY)',
    ],
    [
      'notify set (selected MessageNew (uid body.peek[header.fields (from to subject)]) MessageExpunge) (subtree Lists MessageNew) (mailboxes misc MessageNew)',
      notify([selected, lists, misc], false, plain.capabilities),
      'NOTIFY SET (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (FROM TO SUBJECT)]) MessageExpunge)) (subtree ("Lists") (MessageNew MessageExpunge)) (mailboxes ("misc") (MessageNew MessageExpunge))',
    ],
    [
      'notify set (mailboxes INBOX (Messagenew messageExpunge)) (personal (SubscriptionChange))',
      notify(
        [
          { scope: { mailboxes: 'INBOX' }, events: messages },
          { scope: 'personal', events: ['subscriptionChange'] },
        ],
        false,
        plain.capabilities,
      ),
      'NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) (mailboxes ("INBOX") (MessageNew MessageExpunge)) (personal (SubscriptionChange))',
    ],
    [
      'notify set (selected (Messagenew (uid flags) messageExpunge)) (personal (MessageNew FlagChange MessageExpunge))',
      notify(
        [
          { scope: 'selected', events: messages, fetch: { flags: true } },
          { scope: 'personal', events: [...messages, 'flagChange'] },
        ],
        false,
        plain.capabilities,
      ),
      'NOTIFY SET (selected (MessageNew (UID FLAGS) MessageExpunge)) (personal (MessageNew MessageExpunge FlagChange))',
    ],
    // What is found is asked for and not only counted, and what is new in it is fetched by its UID.
    [
      'SEARCH RETURN (COUNT UPDATE (UID BODY[HEADER.FIELDS (TO FROM SUBJECT)])) FROM "boss"',
      searchUpdates(undefined, { from: 'boss' }, extended, () => {}),
      'UID SEARCH RETURN (ALL UPDATE) FROM "boss"',
    ],
  ],
};
