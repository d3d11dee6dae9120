import { append } from '../../../../src/commands/append.ts';
import { copy } from '../../../../src/commands/copy.ts';
import { expunge } from '../../../../src/commands/expunge.ts';
import { select } from '../../../../src/commands/select.ts';
import { Capabilities } from '../../../../src/syntax/capability.ts';
import { type ClientLines, mailbox, plain } from './row.ts';

export const rfc4315: ClientLines = {
  rows: [
    ['UID EXPUNGE 3000:3002', expunge('3000:3002')],
    [
      'APPEND saved-messages (\\Seen) {297}',
      append('saved-messages', { content: 'x'.repeat(297), flags: ['\\Seen'] }, Capabilities.none),
      'APPEND "saved-messages" (\\Seen) {297}\r\n',
    ],
    ['COPY 2:4 meeting', copy({ seq: '2:4' }, 'meeting'), 'COPY 2:4 "meeting"'],
    ['UID COPY 305:310 meeting', copy('305:310', 'meeting'), 'UID COPY 305:310 "meeting"'],
    ['COPY 2 funny', copy({ seq: 2 }, 'funny'), 'COPY 2 "funny"'],
    ['SELECT funny', select(mailbox('funny'), plain), 'SELECT "funny"'],
  ],
};
