import { html, multipart, type Sample, text } from './compose.ts';

/** Mail of a list, with the fields of RFC 2919 and RFC 2369: five numbers of it. */
export const NEWSLETTERS: Sample[] = [1, 2, 3, 4, 5].map((number) => ({
  mailbox: 'INBOX',
  id: `news-${number}`,
  hoursAgo: 24 * 14 * (6 - number) + 5,
  from: 'Coffee Weekly <news@coffee.example>',
  to: 'Readers <readers@lists.coffee.example>',
  subject: `[coffee] No. ${number}: ${['Grinders', 'Water', 'Crème brûlée', 'Milk', 'Roasting at home'][number - 1]}`,
  fields: [
    'Sender: readers-bounces@lists.coffee.example',
    'List-Id: Readers of Coffee Weekly <readers.lists.coffee.example>',
    'List-Unsubscribe: <mailto:readers-leave@lists.coffee.example>',
    'Precedence: list',
  ],
  flags: number < 4 ? ['\\Seen'] : [],
  body: multipart('alternative', `news-${number}-alternative`, [
    text(`Number ${number} of our letter.\n\nEnjoy your cup.\n`),
    html(`<h2>Number ${number}</h2><p>Enjoy your cup.</p>`),
  ]),
}));
