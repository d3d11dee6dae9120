import { type ClientLines, returned } from './row.ts';

export const rfc4731: ClientLines = {
  rows: [
    [
      'SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned({ flagged: true, since: '1-Feb-1994', not: { from: 'Smith' } }, { min: true, count: true }),
      'UID SEARCH RETURN (MIN COUNT) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    [
      'SEARCH RETURN () FLAGGED SINCE 1-Feb-1994 NOT FROM "Smith"',
      returned({ flagged: true, since: '1-Feb-1994', not: { from: 'Smith' } }, {}),
      'UID SEARCH RETURN (ALL) FLAGGED SINCE 1-Feb-1994 NOT (FROM "Smith")',
    ],
    ['SEARCH RETURN (MIN) UNSEEN', returned({ seen: false }, { min: true }), 'UID SEARCH RETURN (MIN) UNSEEN'],
    ['UID SEARCH RETURN (MIN MAX) 1:5000', returned({ seq: '1:5000' }, { min: true, max: true })],
    [
      'SEARCH RETURN (COUNT) DELETED',
      returned({ deleted: true }, { count: true }),
      'UID SEARCH RETURN (COUNT) DELETED',
    ],
    // An entry's name and type narrow MODSEQ down where a server keeps one a flag: none of those that there are does.
    [
      'SEARCH RETURN (MIN) MODSEQ "/flags/\\\\draft" all 620162338',
      returned({ modseq: 620162338n }, { min: true }),
      'UID SEARCH RETURN (MIN) MODSEQ 620162338',
    ],
    [
      'SEARCH RETURN (MAX) MODSEQ "/flags/\\\\draft" all 620162338',
      returned({ modseq: 620162338n }, { max: true }),
      'UID SEARCH RETURN (MAX) MODSEQ 620162338',
    ],
    [
      'SEARCH RETURN (MIN MAX) MODSEQ "/flags/\\\\draft" all 620162338',
      returned({ modseq: 620162338n }, { min: true, max: true }),
      'UID SEARCH RETURN (MIN MAX) MODSEQ 620162338',
    ],
    [
      'SEARCH RETURN (MIN COUNT) MODSEQ "/flags/\\\\draft" all 620162338',
      returned({ modseq: 620162338n }, { min: true, count: true }),
      'UID SEARCH RETURN (MIN COUNT) MODSEQ 620162338',
    ],
  ],
};
