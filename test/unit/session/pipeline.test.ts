import { describe, expect, it } from 'vitest';
import { type Behaviour, count, mayStart, nothingInFlight } from '../../../src/session/pipeline.ts';

const bySequence: Behaviour = { mailbox: true, sequenceNumbers: true };
const commands = {
  // RFC 3501 §5.5, with message sequence numbers.
  FETCH: { ...bySequence, keepsSequenceNumbers: true },
  'FETCH FLAGS': { ...bySequence, keepsSequenceNumbers: true, readsFlags: true },
  STORE: { ...bySequence, keepsSequenceNumbers: true, writesFlags: true },
  SEARCH: { ...bySequence, keepsSequenceNumbers: true },
  'SEARCH SEEN': { ...bySequence, keepsSequenceNumbers: true, readsFlags: true },
  COPY: bySequence,
  // With UIDs.
  'UID FETCH': { mailbox: true, fetches: true },
  'UID FETCH FLAGS': { mailbox: true, fetches: true, readsFlags: true },
  'UID FETCH BODY[]': { mailbox: true, fetches: true, sections: true, readsFlags: true, writesFlags: true },
  'UID FETCH BODY.PEEK[]': { mailbox: true, fetches: true, sections: true },
  'UID FETCH BODY.PEEK[] STREAMED': { mailbox: true, fetches: true, streams: true },
  'UID FETCH CHANGEDSINCE': { mailbox: true, fetches: true, narrowed: true, readsFlags: true },
  'UID STORE': { mailbox: true, writesFlags: true },
  'UID SEARCH': { mailbox: true },
  'UID SEARCH 1:5': { mailbox: true, sequenceNumbers: true },
  'UID SEARCH x': { mailbox: true, unmarkedAnswer: true },
  'UID COPY': { mailbox: true },
  EXPUNGE: { mailbox: true },
  CHECK: { mailbox: true },
  CLOSE: { mailbox: true, selects: true },
  SELECT: { selects: true },
  NOOP: {},
  STATUS: {},
  APPEND: {},
  LOGIN: { alone: true },
  IDLE: { mailbox: true, alone: true, endedBy: 'DONE' },
} satisfies Record<string, Behaviour>;

type Name = keyof typeof commands;

/** The commands of a sequence that may be sent without waiting, from the first. */
function started(names: Name[]): Name[] {
  const inFlight = nothingInFlight();
  const sent: Name[] = [];
  for (const name of names) {
    if (!mayStart(commands[name], inFlight)) break;
    count(inFlight, commands[name], 1);
    sent.push(name);
  }
  return sent;
}

function sequence(text: string): Name[] {
  return text.split(' + ') as Name[]; // each part is a key of the table above
}

describe('sequences that may be sent without waiting', () => {
  it.each([
    // RFC 3501 §5.5, as it lists them
    'FETCH + STORE + SEARCH + CHECK',
    'STORE + COPY + EXPUNGE',
    // and others that its rules allow
    'FETCH + FETCH + FETCH',
    'FETCH FLAGS + FETCH FLAGS',
    'STORE + STORE',
    'FETCH FLAGS + SEARCH SEEN',
    'FETCH + COPY',
    'FETCH + NOOP',
    'FETCH + UID FETCH',
    'UID FETCH + UID FETCH + UID FETCH',
    'UID FETCH FLAGS + UID FETCH',
    'UID FETCH + UID STORE',
    'UID STORE + UID STORE',
    'UID STORE + UID COPY + EXPUNGE',
    'UID SEARCH + UID SEARCH',
    'SEARCH + UID SEARCH 1:5',
    'UID COPY + UID COPY',
    'UID SEARCH + UID SEARCH x + UID SEARCH',
    'NOOP + STATUS + APPEND + APPEND + UID FETCH',
    'STATUS + SELECT',
    'SELECT + STATUS',
  ])('%s', (text) => {
    expect(started(sequence(text))).toEqual(sequence(text));
  });
});

describe('sequences that must wait before their last command', () => {
  it.each([
    // RFC 3501 §5.5, as it lists them
    'FETCH + NOOP + STORE',
    'STORE + COPY + FETCH',
    'COPY + COPY',
    'CHECK + FETCH',
    'UID SEARCH + UID SEARCH 1:5',
    // sequence numbers behind what may expunge
    'NOOP + FETCH',
    'STATUS + STORE',
    'APPEND + SEARCH',
    'EXPUNGE + COPY',
    'UID FETCH + FETCH',
    'UID STORE + STORE',
    // flags that another command changes or tells
    'FETCH FLAGS + STORE',
    'STORE + FETCH FLAGS',
    'STORE + SEARCH SEEN',
    'SEARCH SEEN + STORE',
    'UID FETCH FLAGS + UID STORE',
    'UID STORE + UID FETCH FLAGS',
    'UID STORE + UID COPY + UID FETCH FLAGS',
    'UID FETCH BODY[] + UID FETCH BODY[]',
    'UID FETCH BODY[] + UID STORE',
    // answers that do not say whose they are
    'UID SEARCH x + UID SEARCH x',
    // the selected mailbox
    'SELECT + SELECT',
    'SELECT + UID FETCH',
    'SELECT + CLOSE',
    'UID FETCH + SELECT',
    'UID FETCH + CLOSE',
    'CLOSE + UID FETCH',
    'CLOSE + SELECT',
    // alone
    'LOGIN + NOOP',
    'NOOP + LOGIN',
    'LOGIN + LOGIN',
    'LOGIN + SELECT',
    'IDLE + UID FETCH',
    'UID FETCH + IDLE',
    'UID FETCH CHANGEDSINCE + UID FETCH',
    'UID FETCH + UID FETCH CHANGEDSINCE',
    'UID FETCH CHANGEDSINCE + UID FETCH CHANGEDSINCE',
    'UID FETCH BODY.PEEK[] + UID FETCH BODY.PEEK[] STREAMED',
    'UID FETCH BODY.PEEK[] STREAMED + UID FETCH BODY.PEEK[]',
    'IDLE + NOOP',
    'SELECT + IDLE',
  ])('%s', (text) => {
    const names = sequence(text);
    expect(started(names)).toEqual(names.slice(0, -1));
  });
});

describe('counting', () => {
  it('lets every command start where nothing is in flight', () => {
    for (const behaviour of Object.values(commands)) expect(mayStart(behaviour, nothingInFlight())).toBe(true);
  });

  it('takes out all that it counted in, in any order', () => {
    const behaviours: Behaviour[] = Object.values(commands);
    const inFlight = nothingInFlight();
    for (const behaviour of behaviours) count(inFlight, behaviour, 1);
    expect(inFlight).toEqual({
      count: 26,
      alone: 2,
      mailbox: 21,
      selects: 2,
      mayExpunge: 21,
      unmarkedAnswer: 1,
      fetches: 6,
      narrowed: 1,
      sections: 2,
      streams: 1,
      readsFlags: 5,
      writesFlags: 3,
    });
    for (const behaviour of behaviours.reverse()) count(inFlight, behaviour, -1);
    expect(inFlight).toEqual(nothingInFlight());
  });

  it('lets what had to wait start once the other is answered', () => {
    const inFlight = nothingInFlight();
    count(inFlight, commands.FETCH, 1);
    count(inFlight, commands.NOOP, 1);
    expect(mayStart(commands.STORE, inFlight)).toBe(false);
    count(inFlight, commands.FETCH, -1);
    expect(mayStart(commands.STORE, inFlight)).toBe(false);
    count(inFlight, commands.NOOP, -1);
    expect(mayStart(commands.STORE, inFlight)).toBe(true);
  });
});
