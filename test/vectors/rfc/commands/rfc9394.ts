import { type ClientLines, fetched, returned } from './row.ts';

const query = { deleted: false, notKeyword: '$Junk' };
const flags = true;

export const rfc9394: ClientLines = {
  rows: [
    ['UID SEARCH RETURN (PARTIAL -1:-100) UNDELETED UNKEYWORD $Junk', returned(query, { partial: '-1:-100' })],
    ['UID SEARCH RETURN (PARTIAL 23500:24000) UNDELETED UNKEYWORD $Junk', returned(query, { partial: '23500:24000' })],
    ['UID SEARCH RETURN (PARTIAL 1:500) UNDELETED UNKEYWORD $Junk', returned(query, { partial: '1:500' })],
    ['UID SEARCH RETURN (PARTIAL 24000:24500) UNDELETED UNKEYWORD $Junk', returned(query, { partial: '24000:24500' })],
    ['UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)', fetched('25900:26600', { flags }, { partial: '-1:-3' })],
    ['UID FETCH 25900:26600 (UID FLAGS) (PARTIAL 1:5)', fetched('25900:26600', { flags }, { partial: '1:5' })],
    [
      'UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-30 CHANGEDSINCE 98305)',
      fetched('25900:26600', { flags }, { partial: '-1:-30', changedSince: 98305n }),
      'UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL -1:-30)',
    ],
    [
      'UID FETCH 25900:26600 (UID FLAGS) (CHANGEDSINCE 98305 PARTIAL -1:-30)',
      fetched('25900:26600', { flags }, { partial: '-1:-30', changedSince: 98305n }),
    ],
  ],
};
