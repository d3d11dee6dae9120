import { append } from '../../../../src/commands/append.ts';
import { copy } from '../../../../src/commands/copy.ts';
import { getQuota } from '../../../../src/commands/getquota.ts';
import { getQuotaRoot } from '../../../../src/commands/getquotaroot.ts';
import { setQuota } from '../../../../src/commands/setquota.ts';
import { status } from '../../../../src/commands/status.ts';
import { Capabilities } from '../../../../src/syntax/capability.ts';
import { type ClientLines, plain } from './row.ts';

export const rfc9208: ClientLines = {
  rows: [
    ['GETQUOTA "!partition/sda4"', getQuota('!partition/sda4')],
    ['GETQUOTAROOT INBOX', getQuotaRoot('INBOX'), 'GETQUOTAROOT "INBOX"'],
    ['GETQUOTA "#user/alice"', getQuota('#user/alice')],
    ['SETQUOTA "#user/alice" (STORAGE 510)', setQuota('#user/alice', { STORAGE: 510 })],
    ['SETQUOTA "!partition/sda4" (STORAGE 99999999)', setQuota('!partition/sda4', { STORAGE: 99999999 })],
    [
      'STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)',
      status('INBOX', ['messages', 'deleted', 'deletedStorage'], plain),
      'STATUS "INBOX" (MESSAGES DELETED DELETED-STORAGE)',
    ],
    [
      'APPEND saved-messages (\\Seen) {326}',
      append('saved-messages', { content: 'x'.repeat(326), flags: ['\\Seen'] }, Capabilities.none),
      'APPEND "saved-messages" (\\Seen) {326}\r\n',
    ],
    ['COPY 2:4 MEETING', copy({ seq: '2:4' }, 'MEETING'), 'COPY 2:4 "MEETING"'],
  ],
};
