import { decodeWords } from '../mime/decode.ts';
import type { Collate } from './collation.ts';

export interface BaseSubject {
  /** Ready to be compared; '' where nothing is left. */
  key: string;
  /** Something that says so was taken away: the message is a reply or was forwarded. */
  isReply: boolean;
}

/** subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"; before it may stand subj-blobs. */
const LEADER = /^(?:\[[^[\]]*\] *)*(?:re|fwd?) *(?:\[[^[\]]*\] *)?:/i;
/** Prefixes that are subj-blob = "[" *BLOBCHAR "]" *WSP: a subject that is nothing but these keeps the last. */
const BLOBS = /^(?:\[[^[\]]*\] *)+(?!$)/;

/** The base subject of a Subject field's value (RFC 5256 §2.1), its six steps in their order. */
export function baseSubject(value: string, collate: Collate): BaseSubject {
  const whole = decodeWords(value).replace(/[\t\r\n ]+/g, ' ');
  let { text, found: isReply } = withoutTrailers(whole);
  for (;;) {
    const leader = text.startsWith(' ') ? ' ' : LEADER.exec(text)?.[0];
    if (leader !== undefined) {
      isReply ||= leader !== ' ';
      text = text.slice(leader.length);
      continue;
    }
    const blobs = BLOBS.exec(text)?.[0];
    if (blobs !== undefined) text = text.slice(blobs.length);
    else if (/^\[fwd:/i.test(text) && text.endsWith(']')) {
      isReply = true;
      text = withoutTrailers(text.slice('[fwd:'.length, -1)).text;
    } else return { key: collate(text), isReply };
  }
}

/** subj-trailer = "(fwd)" / WSP */
function withoutTrailers(text: string): { text: string; found: boolean } {
  let end = text.length;
  let found = false;
  for (;;) {
    const forwarded = text.slice(Math.max(0, end - 5), end).toLowerCase() === '(fwd)';
    if (forwarded) end -= 5;
    else if (text[end - 1] === ' ') end--;
    else return { text: text.slice(0, end), found };
    found ||= forwarded;
  }
}
