/**
 * What a command says of itself so that others may be in flight beside it (RFC 3501 §5.5).
 * Behaviours are declared by commands and never known here by name.
 */
export interface Behaviour {
  /** It works on the selected mailbox. */
  mailbox?: true;
  /** Nothing is in flight beside it: it changes the connection itself, or its answers could be taken for another's. */
  alone?: true;
  /** It changes whose the connection is, or ends it: what is called for behind it is not for the user before. */
  leavesUser?: true;
  /** It changes which mailbox is selected. */
  selects?: true;
  /** Message sequence numbers stand in its arguments; 'all': 1:*, which names the messages that there are, however they are numbered. */
  sequenceNumbers?: true | 'all';
  /** The server sends no EXPUNGE while it is in progress: FETCH, STORE and SEARCH by sequence number (RFC 3501 §7.4.1). */
  keepsSequenceNumbers?: true;
  /**
   * Its untagged answer (SEARCH, LIST) does not say which command it answers, and servers work on several at a time: Dovecot
   * answers a quick one before a slow one that was sent earlier. Only one of these is in flight.
   */
  unmarkedAnswer?: true;
  /** What it finds is kept on the server as the set `$`, until another mailbox is selected (RFC 5182); perhaps, of a command that nobody knows. */
  savesResult?: true | 'perhaps';
  /** The set `$` stands in its arguments. */
  usesSavedResult?: true;
  /** It is answered with FETCH responses. */
  fetches?: true;
  /** It is answered for some of its messages only (CHANGEDSINCE, PARTIAL): no other FETCH is beside it, whose answers it would take. */
  narrowed?: true;
  /** It is answered with sections. */
  sections?: true;
  /** It hands a section on while that comes in: it would take those of another. */
  streams?: true;
  /** Its answer tells flags. */
  readsFlags?: true;
  /** It changes flags. */
  writesFlags?: true;
  /** The line that ends it, for a command that lasts until the client ends it (IDLE's DONE). It yields to any other. */
  endedBy?: string;
  /** What follows its OK is no longer the stream as it was (STARTTLS, COMPRESS). */
  switchesStream?: true;
}

/** The commands in flight, summed up: a decision costs the same for one as for a thousand. */
export interface InFlight {
  count: number;
  alone: number;
  mailbox: number;
  selects: number;
  mayExpunge: number;
  unmarkedAnswer: number;
  fetches: number;
  narrowed: number;
  sections: number;
  streams: number;
  readsFlags: number;
  writesFlags: number;
}

export function nothingInFlight(): InFlight {
  return {
    count: 0,
    alone: 0,
    mailbox: 0,
    selects: 0,
    mayExpunge: 0,
    unmarkedAnswer: 0,
    fetches: 0,
    narrowed: 0,
    sections: 0,
    streams: 0,
    readsFlags: 0,
    writesFlags: 0,
  };
}

/** Counts a command in (`by` 1) or out (`by` -1). */
export function count(inFlight: InFlight, behaviour: Behaviour, by: 1 | -1): void {
  inFlight.count += by;
  if (behaviour.alone) inFlight.alone += by;
  if (behaviour.mailbox) inFlight.mailbox += by;
  if (behaviour.selects) inFlight.selects += by;
  if (!behaviour.keepsSequenceNumbers) inFlight.mayExpunge += by;
  if (behaviour.unmarkedAnswer) inFlight.unmarkedAnswer += by;
  if (behaviour.fetches) inFlight.fetches += by;
  if (behaviour.narrowed) inFlight.narrowed += by;
  if (behaviour.sections) inFlight.sections += by;
  if (behaviour.streams) inFlight.streams += by;
  if (behaviour.readsFlags) inFlight.readsFlags += by;
  if (behaviour.writesFlags) inFlight.writesFlags += by;
}

/**
 * May this command start beside those in flight?
 *
 * RFC 3501 §5.5: no command is sent whose result another one in flight could change (the flags that a FETCH tells and a
 * STORE sets), and none with message sequence numbers while one is in progress that permits an untagged EXPUNGE. Of two
 * STOREs each may be sent: a server that sees an ambiguity "MUST execute commands to completion in the order given".
 */
export function mayStart(behaviour: Behaviour, inFlight: InFlight): boolean {
  if (inFlight.count === 0) return true;
  if (behaviour.alone || inFlight.alone > 0) return false;
  if (behaviour.selects && (inFlight.mailbox > 0 || inFlight.selects > 0)) return false;
  if (behaviour.mailbox && inFlight.selects > 0) return false;
  if (behaviour.sequenceNumbers && inFlight.mayExpunge > 0) return false;
  if (behaviour.unmarkedAnswer && inFlight.unmarkedAnswer > 0) return false;
  if (behaviour.fetches && !mayFetch(behaviour, inFlight)) return false;
  if (behaviour.readsFlags && inFlight.writesFlags > 0) return false;
  if (behaviour.writesFlags && inFlight.readsFlags > 0) return false;
  return true;
}

/** FETCH responses do not say which command they answer: where nothing else tells, only one is in flight. */
function mayFetch({ narrowed, sections, streams }: Behaviour, inFlight: InFlight): boolean {
  if (narrowed ? inFlight.fetches > 0 : inFlight.narrowed > 0) return false;
  return !(sections && inFlight.streams > 0) && !(streams && inFlight.sections > 0);
}
