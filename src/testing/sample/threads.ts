import { attachment, multipart, type Sample, text } from './compose.ts';
import { PDF, PIXEL } from './files.ts';
import { ANNA, ME, MEI, TOM } from './people.ts';

const quote = (content: string) => content.replace(/^/gm, '> ');

const MENU = 'The draft of the menu is ready. Can you look at the prices before Friday?';
const MENU_ANSWER = 'Looks good, but the soup has become dearer: 6,80 € instead of 6,20 €.';

/** A thread of six over several mailboxes. */
export const MENU_THREAD: Sample[] = [
  {
    mailbox: 'Projects/Café Größenwahn',
    id: 'menu-1',
    hoursAgo: 200,
    zone: 60,
    from: ANNA,
    to: ME,
    cc: TOM,
    subject: 'Menu for the Café Größenwahn',
    flags: ['\\Seen', '\\Answered'],
    body: text(`Hello Robin,\n\n${MENU}\n\nAnna\n`),
  },
  {
    mailbox: 'Sent',
    id: 'menu-2',
    hoursAgo: 196,
    zone: 60,
    from: ME,
    to: ANNA,
    cc: TOM,
    subject: 'Re: Menu for the Café Größenwahn',
    answers: ['menu-1'],
    flags: ['\\Seen'],
    body: text(`${MENU_ANSWER}\n\nRobin\n\nAnna wrote:\n${quote(MENU)}\n`),
  },
  {
    mailbox: 'Projects/Café Größenwahn',
    id: 'menu-3',
    hoursAgo: 190,
    zone: -300,
    from: TOM,
    to: ANNA,
    cc: ME,
    subject: 'RE: Menu for the Café Größenwahn',
    answers: ['menu-1', 'menu-2'],
    flags: ['\\Seen'],
    body: text(`Agreed. New version attached soon.\n\n${quote(MENU_ANSWER)}\n${quote(quote(MENU))}\n`),
  },
  {
    mailbox: 'Projects/Café Größenwahn',
    id: 'menu-4',
    hoursAgo: 170,
    zone: 60,
    from: ANNA,
    to: `${ME}, ${TOM}`,
    subject: 'Re: Menu for the Café Größenwahn',
    answers: ['menu-1', 'menu-2', 'menu-3'],
    flags: ['\\Seen', '\\Flagged'],
    body: multipart('mixed', 'menu-4-mixed', [
      text('Here it is. I also put in the photo of the terrace.\n\nAnna\n'),
      attachment('Speisekarte Größenwahn.pdf', 'application/pdf', PDF),
      attachment('terrace.png', 'image/png', PIXEL),
    ]),
  },
  {
    mailbox: 'INBOX',
    id: 'menu-5',
    hoursAgo: 30,
    zone: -300,
    from: TOM,
    to: `${ME}, ${ANNA}`,
    subject: 'Re: Menu for the Café Größenwahn',
    answers: ['menu-1', 'menu-2', 'menu-3', 'menu-4'],
    flags: ['\\Seen'],
    body: text('Printed 200 of them.\n'),
  },
  {
    mailbox: 'INBOX',
    id: 'menu-6',
    hoursAgo: 20,
    zone: 60,
    from: ANNA,
    to: TOM,
    cc: ME,
    subject: 'Re: Menu for the Café Größenwahn',
    answers: ['menu-1', 'menu-4', 'menu-5'],
    body: text('Wonderful, thank you both!\n'),
  },
];

export const WEBSITE: Sample[] = [
  {
    mailbox: 'Projects/Website',
    id: 'web-1',
    hoursAgo: 700,
    from: MEI,
    to: ME,
    subject: 'Staging is up',
    flags: ['\\Seen'],
    body: text('The new site is on staging.example.net. Password as discussed.\n'),
  },
  {
    mailbox: 'Projects/Website',
    id: 'web-2',
    hoursAgo: 650,
    from: TOM,
    to: `${ME}, ${MEI}`,
    subject: 'Broken links',
    flags: ['\\Seen', 'Todo'],
    body: multipart('mixed', 'web-2-mixed', [
      text('List attached.\n'),
      attachment('links.csv', 'text/csv; charset=utf-8', Buffer.from('page,target\n/menu,/menue\n/über,/about\n')),
    ]),
  },
  {
    mailbox: 'Projects/Website',
    id: 'web-3',
    hoursAgo: 645,
    from: MEI,
    to: TOM,
    cc: ME,
    subject: 'Re: Broken links',
    answers: ['web-2'],
    flags: ['\\Seen'],
    body: text('All fixed but one.\n'),
  },
  {
    mailbox: 'Projects/Website',
    id: 'web-4',
    hoursAgo: 600,
    zone: 480,
    from: MEI,
    to: ME,
    subject: '网站 上线 计划',
    flags: ['\\Seen'],
    body: text('下周二上线。\n\nGo-live is next Tuesday.\n'),
  },
];
