// In front of all else: see chars.ts.
/** number and nz-number are 32 bits wide (RFC 3501 §9): the greatest UID and sequence number, and the most messages. */
export const LARGEST_UINT32 = 0xffffffff;
/** number64 and mod-sequence-value are 63 bits wide (RFC 9051 §9, RFC 7162 §7). */
export const LARGEST_UINT63: bigint = (1n << 63n) - 1n;
/** Timers hold no more, ms. */
export const LONGEST_TIMER = 0x7fffffff;

export interface FramerLimits {
  /** Bytes of one response outside its literals. */
  line: number;
  /** The same for SEARCH, SORT, THREAD, ESEARCH, VANISHED, and the codes COPYUID and MODIFIED, which grow with the mailbox. */
  longLine: number;
  /** Bytes of the literals of one response that are held in memory. */
  literal: number;
}

export const DEFAULT_FRAMER_LIMITS: FramerLimits = { line: 1 << 20, longLine: 64 << 20, literal: 256 << 20 };
