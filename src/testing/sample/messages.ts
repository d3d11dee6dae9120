import { html, type Sample, text } from './compose.ts';
import { INBOX } from './inbox.ts';
import { NEWSLETTERS } from './newsletters.ts';
import { ANNA, ME, PRINTER, TOM } from './people.ts';
import { MENU_THREAD, WEBSITE } from './threads.ts';

export const MAILBOXES: { name: string; specialUse?: string }[] = [
  { name: 'Drafts', specialUse: '\\Drafts' },
  { name: 'Sent', specialUse: '\\Sent' },
  { name: 'Junk', specialUse: '\\Junk' },
  { name: 'Trash', specialUse: '\\Trash' },
  { name: 'Archive', specialUse: '\\Archive' },
  { name: 'Archive/2023' },
  { name: 'Projects/Website' },
  { name: 'Projects/Café Größenwahn' },
];

const OTHERS: Sample[] = [
  {
    mailbox: 'Sent',
    id: 'sent-1',
    hoursAgo: 300,
    from: ME,
    to: PRINTER,
    subject: 'Question on paper',
    flags: ['\\Seen'],
    body: text('Which paper do you have in 160 g?\n'),
  },
  {
    mailbox: 'Drafts',
    id: 'draft-1',
    hoursAgo: 10,
    from: ME,
    to: ANNA,
    subject: 'Opening night',
    flags: ['\\Seen', '\\Draft'],
    body: text('Dear Anna,\n\nabout the opening night\n'),
  },
  {
    mailbox: 'Junk',
    id: 'junk-1',
    hoursAgo: 50,
    from: 'Prince <prince@spam.example>',
    to: ME,
    subject: 'URGENT business',
    flags: ['$Junk'],
    body: html('<b>You have won.</b>'),
  },
  {
    mailbox: 'Trash',
    id: 'trash-1',
    hoursAgo: 500,
    from: TOM,
    to: ME,
    subject: 'Never mind',
    flags: ['\\Seen', '\\Deleted'],
    body: text('Found it.\n'),
  },
  {
    mailbox: 'Archive/2023',
    id: 'archive-1',
    hoursAgo: 9000,
    zone: 60,
    from: ANNA,
    to: ME,
    subject: 'First idea',
    flags: ['\\Seen', '\\Answered'],
    body: text('What if we opened a café?\n'),
  },
  {
    mailbox: 'Archive/2023',
    id: 'archive-2',
    hoursAgo: 8990,
    zone: 60,
    from: ME,
    to: ANNA,
    subject: 'Re: First idea',
    answers: ['archive-1'],
    flags: ['\\Seen'],
    body: text('Größenwahn! When do we start?\n'),
  },
];

export const SAMPLES: readonly Sample[] = [...MENU_THREAD, ...WEBSITE, ...INBOX, ...NEWSLETTERS, ...OTHERS];
