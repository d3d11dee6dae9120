import { type ClientLines, listed } from './row.ts';

export const rfc5258: ClientLines = {
  rows: [
    ['LIST "" "*"', listed({ pattern: '*' })],
    ['LIST (SUBSCRIBED) "" "*"', listed({ select: ['SUBSCRIBED'], pattern: '*' })],
    [
      'LIST () "" "%" RETURN (CHILDREN)',
      listed({ pattern: '%', return: ['CHILDREN'] }),
      'LIST "" "%" RETURN (CHILDREN)',
    ],
    ['LIST (REMOTE) "" "%" RETURN (CHILDREN)', listed({ select: ['REMOTE'], pattern: '%', return: ['CHILDREN'] })],
    ['LIST (REMOTE SUBSCRIBED) "" "*"', listed({ select: ['REMOTE', 'SUBSCRIBED'], pattern: '*' })],
    ['LIST (REMOTE) "" "*" RETURN (SUBSCRIBED)', listed({ select: ['REMOTE'], pattern: '*', return: ['SUBSCRIBED'] })],
    ['LIST "" ("INBOX" "Drafts" "Sent/%")', listed({ pattern: ['INBOX', 'Drafts', 'Sent/%'] })],
    ['LIST "" "%" RETURN (CHILDREN)', listed({ pattern: '%', return: ['CHILDREN'] })],
    ['LIST (SUBSCRIBED) "" "%"', listed({ select: ['SUBSCRIBED'], pattern: '%' })],
    ['LIST (SUBSCRIBED RECURSIVEMATCH) "" "%"', listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: '%' })],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (CHILDREN)',
      listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: '%', return: ['CHILDREN'] }),
    ],
    ['LIST (RECURSIVEMATCH SUBSCRIBED) "" "*2"', listed({ select: ['RECURSIVEMATCH', 'SUBSCRIBED'], pattern: '*2' })],
    ['LIST (RECURSIVEMATCH SUBSCRIBED) "" "*"', listed({ select: ['RECURSIVEMATCH', 'SUBSCRIBED'], pattern: '*' })],
    ['LIST "" ("foo" "foo/*")', listed({ pattern: ['foo', 'foo/*'] })],
    ['LIST (SUBSCRIBED) "" "foo/*"', listed({ select: ['SUBSCRIBED'], pattern: 'foo/*' })],
    [
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" foo RETURN (CHILDREN)',
      listed({ select: ['SUBSCRIBED', 'RECURSIVEMATCH'], pattern: 'foo', return: ['CHILDREN'] }),
      'LIST (SUBSCRIBED RECURSIVEMATCH) "" "foo" RETURN (CHILDREN)',
    ],
    ['LIST (REMOTE) "" *', listed({ select: ['REMOTE'], pattern: '*' }), 'LIST (REMOTE) "" "*"'],
    ['LIST () "" %', listed({ pattern: '%' }), 'LIST "" "%"'],
    ['LIST (REMOTE) "" %', listed({ select: ['REMOTE'], pattern: '%' }), 'LIST (REMOTE) "" "%"'],
    ['LIST "" (% music/rock)', listed({ pattern: ['%', 'music/rock'] }), 'LIST "" ("%" "music/rock")'],
  ],
};
