import { getMetadata } from '../../../../src/commands/getmetadata.ts';
import { noop } from '../../../../src/commands/noop.ts';
import { setMetadata } from '../../../../src/commands/setmetadata.ts';
import { type ClientLines, plain } from './row.ts';

export const rfc5464: ClientLines = {
  rows: [
    [
      'GETMETADATA "" /shared/comment',
      getMetadata('', ['/shared/comment'], {}, plain),
      'GETMETADATA "" ("/shared/comment")',
    ],
    [
      'GETMETADATA "INBOX" /private/comment',
      getMetadata('INBOX', ['/private/comment'], {}, plain),
      'GETMETADATA "INBOX" ("/private/comment")',
    ],
    [
      'GETMETADATA "INBOX" (/shared/comment /private/comment)',
      getMetadata('INBOX', ['/shared/comment', '/private/comment'], {}, plain),
      'GETMETADATA "INBOX" ("/shared/comment" "/private/comment")',
    ],
    // The options stand in front of the mailbox in the grammar of §5, behind it in the examples of §4.2.
    [
      'GETMETADATA "INBOX" (MAXSIZE 1024) (/shared/comment /private/comment)',
      getMetadata('INBOX', ['/shared/comment', '/private/comment'], { maxSize: 1024 }, plain),
      'GETMETADATA (MAXSIZE 1024) "INBOX" ("/shared/comment" "/private/comment")',
    ],
    [
      'GETMETADATA "INBOX" (DEPTH 1) (/private/filters/values)',
      getMetadata('INBOX', ['/private/filters/values'], { depth: 1 }, plain),
      'GETMETADATA (DEPTH 1) "INBOX" ("/private/filters/values")',
    ],
    [
      'SETMETADATA INBOX (/private/comment {33}',
      setMetadata('INBOX', { '/private/comment': 'My new comment across\r\ntwo lines.' }),
      'SETMETADATA "INBOX" ("/private/comment" {33}\r\n)',
    ],
    [
      'SETMETADATA INBOX (/private/comment NIL)',
      setMetadata('INBOX', { '/private/comment': null }),
      'SETMETADATA "INBOX" ("/private/comment" NIL)',
    ],
    [
      'SETMETADATA INBOX (/private/comment "My new comment" /shared/comment "This one is for you!")',
      setMetadata('INBOX', { '/private/comment': 'My new comment', '/shared/comment': 'This one is for you!' }),
      'SETMETADATA "INBOX" ("/private/comment" "My new comment" "/shared/comment" "This one is for you!")',
    ],
    [
      'SETMETADATA INBOX (/private/comment "My new comment")',
      setMetadata('INBOX', { '/private/comment': 'My new comment' }),
      'SETMETADATA "INBOX" ("/private/comment" "My new comment")',
    ],
    // Several entries stand in parentheses in the grammar of §5.
    [
      'GETMETADATA "INBOX" /private/comment /shared/comment',
      getMetadata('INBOX', ['/private/comment', '/shared/comment'], {}, plain),
      'GETMETADATA "INBOX" ("/private/comment" "/shared/comment")',
    ],
    ['NOOP', noop()],
  ],
};
