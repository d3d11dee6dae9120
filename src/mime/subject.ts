export interface BaseSubject {
  text: string;
  /** A `Re:`, `Fwd:`, `(fwd)` or `[fwd: …]` was taken off. */
  isReplyOrForward: boolean;
}

/** The part of a packed subject that is left; both ends move inwards. */
interface Remainder {
  readonly text: string;
  start: number;
  end: number;
  isReplyOrForward: boolean;
}

/**
 * The base subject of a decoded Subject, by the steps of RFC 5256 §2.1 (step 1, decoding, is the caller's):
 *
 *     subject       = *subj-leader [subj-middle] *subj-trailer
 *     subj-refwd    = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
 *     subj-blob     = "[" *BLOBCHAR "]" *WSP
 *     subj-fwd      = subj-fwd-hdr subject subj-fwd-trl
 *     subj-fwd-hdr  = "[fwd:"
 *     subj-fwd-trl  = "]"
 *     subj-leader   = (*subj-blob subj-refwd) / WSP
 *     subj-middle   = *subj-blob (subj-base / subj-fwd)
 *     subj-trailer  = "(fwd)" / WSP
 *     BLOBCHAR      = any CHAR except '[' and ']'
 *
 * Two base subjects are equal when their casemap keys are.
 */
export function baseSubject(subject: string): BaseSubject {
  const text = subject.replace(/[ \t\r\n]+/g, ' ');
  const rest: Remainder = { text, start: 0, end: text.length, isReplyOrForward: false };
  do {
    removeTrailers(rest);
    while (removeLeader(rest));
    removeBlobs(rest);
  } while (removeForward(rest));
  return { text: text.slice(rest.start, rest.end), isReplyOrForward: rest.isReplyOrForward };
}

/** Step 2. */
function removeTrailers(rest: Remainder): void {
  while (rest.end > rest.start) {
    if (rest.text.charAt(rest.end - 1) === ' ') {
      rest.end--;
    } else if (rest.end - rest.start >= 5 && hasWord(rest, '(fwd)', rest.end - 5)) {
      rest.end -= 5;
      rest.isReplyOrForward = true;
    } else {
      return;
    }
  }
}

/** Step 3. */
function removeLeader(rest: Remainder): boolean {
  if (rest.start < rest.end && rest.text.charAt(rest.start) === ' ') {
    rest.start++;
    return true;
  }
  const { afterAll } = skipBlobs(rest, rest.start);
  const colon = findColon(rest, afterAll);
  if (colon < 0) return false;
  rest.start = colon + 1;
  rest.isReplyOrForward = true;
  return true;
}

/**
 * Steps 4 and 5, once step 3 finds nothing more: all blobs go, but the last one stays where nothing would be left.
 * (Step 3 looks behind all blobs, so that it can not find anything new between two of them.)
 */
function removeBlobs(rest: Remainder): void {
  const { lastStart, afterAll } = skipBlobs(rest, rest.start);
  rest.start = afterAll < rest.end ? afterAll : lastStart;
}

/** Step 6. */
function removeForward(rest: Remainder): boolean {
  if (!hasWord(rest, '[fwd:', rest.start) || rest.text.charAt(rest.end - 1) !== ']') return false;
  rest.start += 5;
  rest.end--;
  rest.isReplyOrForward = true;
  return true;
}

/** The colon that ends a subj-refwd at `start`, or -1. */
function findColon(rest: Remainder, start: number): number {
  let at = -1;
  if (hasWord(rest, 're', start)) at = start + 2;
  else if (hasWord(rest, 'fwd', start)) at = start + 3;
  else if (hasWord(rest, 'fw', start)) at = start + 2;
  if (at < 0) return -1;
  at = skipSpaces(rest, at);
  at = skipBlob(rest, at) ?? at;
  return at < rest.end && rest.text.charAt(at) === ':' ? at : -1;
}

function skipBlobs(rest: Remainder, start: number): { lastStart: number; afterAll: number } {
  let lastStart = start;
  let afterAll = start;
  for (let next = skipBlob(rest, start); next !== undefined; next = skipBlob(rest, next)) {
    lastStart = afterAll;
    afterAll = next;
  }
  return { lastStart, afterAll };
}

function skipBlob(rest: Remainder, start: number): number | undefined {
  if (rest.text.charAt(start) !== '[') return undefined;
  for (let at = start + 1; at < rest.end; at++) {
    const char = rest.text.charAt(at);
    if (char === ']') return skipSpaces(rest, at + 1);
    if (char === '[') return undefined;
  }
  return undefined;
}

function skipSpaces(rest: Remainder, start: number): number {
  let at = start;
  while (at < rest.end && rest.text.charAt(at) === ' ') at++;
  return at;
}

function hasWord(rest: Remainder, word: string, at: number): boolean {
  return at + word.length <= rest.end && rest.text.slice(at, at + word.length).toLowerCase() === word;
}
