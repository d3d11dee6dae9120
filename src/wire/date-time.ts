import { shown, UsageError } from '../errors.ts';
import { COLON, MINUS, PLUS, SPACE, ZERO } from './chars.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400_000;
/** What is no number: so far below zero that it stays there whatever is added. Whole numbers are faster than NaN. */
const NONE = -1_000_000;

/** Characters of a date-time. */
const LENGTH = 26;
/** Where its pairs of digits stand, counted from behind the day: year, hours, minutes, seconds, zone. */
const PAIRS = [5, 7, 10, 13, 16, 20, 22];
const pairs = new Int32Array(PAIRS.length);

/**
 * Reads INTERNALDATE and SAVEDATE, without their quotes. Undefined for what is no date: Domino sends
 * `00-Jan-0000 00:00:00 +0000` for a message that has none.
 */
export function parseInternalDate(text: string): Date | undefined {
  if (typeof text !== 'string') throw new UsageError(`not the text of a date-time: ${shown(text)}`);
  const time = text.length === LENGTH ? fixedTime(Buffer.from(text, 'latin1'), 0) : Number.NaN;
  return Number.isNaN(time) ? looseTime(text) : new Date(time);
}

/**
 * Milliseconds of the date-time that begins at a place, as the grammar has it; NaN for anything else. Allocates nothing: a
 * FETCH can bring 100,000.
 *
 *     date-time      = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE   (RFC 3501 §9)
 *     date-day-fixed = (SP DIGIT) / 2DIGIT
 */
export function fixedTime(bytes: Uint8Array, start: number): number {
  const tens = bytes[start] === SPACE ? 0 : (bytes[start] ?? 0) - ZERO;
  const ones = (bytes[start + 1] ?? 0) - ZERO;
  const day = tens >= 0 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NONE;
  return timeBehindDay(bytes, start + 2, day, MINUS);
}

/**
 * Milliseconds of a day of the month and what stands behind it, NaN where that is anything else than this; mail has SP for
 * the hyphens (RFC 5322 §3.3).
 *
 *     "-" date-month "-" date-year SP 2DIGIT ":" 2DIGIT ":" 2DIGIT SP ("+" / "-") 4DIGIT      (RFC 3501 §9)
 */
export function timeBehindDay(bytes: Uint8Array, at: number, day: number, hyphen: number): number {
  const hyphens = bytes[at] === hyphen && bytes[at + 4] === hyphen;
  const spaces = bytes[at + 9] === SPACE && bytes[at + 18] === SPACE;
  const colons = bytes[at + 12] === COLON && bytes[at + 15] === COLON;
  const sign = bytes[at + 19];
  if (!(hyphens && spaces && colons && (sign === PLUS || sign === MINUS))) return Number.NaN;
  for (let index = 0; index < PAIRS.length; index++) {
    const place = at + (PAIRS[index] ?? 0);
    const tens = (bytes[place] ?? 0) - ZERO;
    const ones = (bytes[place + 1] ?? 0) - ZERO;
    if (tens >>> 0 > 9 || ones >>> 0 > 9) return Number.NaN;
    pairs[index] = tens * 10 + ones;
  }
  const month = monthByLetters.get(letters(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0, bytes[at + 3] ?? 0)) ?? NONE;
  const zone = zoneMinutes(sign, pairs[5] ?? 0, pairs[6] ?? 0);
  const year = (pairs[0] ?? 0) * 100 + (pairs[1] ?? 0);
  return timeOf(year, month, day, pairs[2] ?? 0, pairs[3] ?? 0, pairs[4] ?? 0, zone);
}

/**
 * What servers send in a date-time's place and clearly mean: a day of one digit without its space, a day of the week,
 * spaces for the hyphens, dots for the colons (`Sat, 8 May 2010 16.03.09 +0200`, reported by users of imapclient).
 */
const LOOSE =
  /^ {0,2}(?:[a-z]{3}, {0,2})?(\d{1,2})([- ])([a-z]{3})\2(\d{4}) {1,2}(\d{1,2})([:.])(\d{2})\6(\d{2}) {1,2}([+-])(\d{2})(\d{2}) {0,2}$/i;

function looseTime(text: string): Date | undefined {
  const match = LOOSE.exec(text);
  if (match === null) return undefined;
  const number = (group: number) => Number(match[group]);
  const zone = zoneMinutes(match[9] === '-' ? MINUS : PLUS, number(10), number(11));
  const time = timeOf(number(4), monthOf(match[3] ?? ''), number(1), number(5), number(7), number(8), zone);
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** Milliseconds since 1970 of a local time and its zone, NaN where a part of it (NONE too) is out of its range. */
function timeOf(
  year: number,
  month: number,
  day: number,
  hours: number,
  minutes: number,
  seconds: number,
  zone: number,
): number {
  // 60 is a leap second, counted as the first second of the next minute.
  const isTime = hours >= 0 && hours <= 23 && minutes >= 0 && minutes <= 59 && seconds >= 0 && seconds <= 60;
  if (!isTime || zone === NONE || !isDay(year, month, day)) return Number.NaN;
  return dayNumber(year, month, day) * DAY + ((hours * 60 + minutes - zone) * 60 + seconds) * 1000;
}

/** Minutes east of UTC, or NONE. */
function zoneMinutes(sign: number, hours: number, minutes: number): number {
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return NONE;
  return sign === MINUS ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** `month` counts from 0. */
function isDay(year: number, month: number, day: number): boolean {
  if (!(year >= 1 && year <= 9999 && month >= 0 && month <= 11 && day >= 1)) return false;
  if (day <= 28) return true;
  // Every fourth year, and of the centuries, which are multiples of 25 too, every fourth: those that 16 divides. Nothing is
  // asked of a leap day alone: V8 would compile the readers of dates again at the first one.
  const leapDay = (year & (year % 25 === 0 ? 15 : 3)) === 0 ? 1 : 0;
  return day <= (DAYS[month] ?? 0) + (month === 1 ? leapDay : 0);
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days since 1970-01-01 in the Gregorian calendar; Date.UTC takes the years 0 to 99 for 1900 to 1999. */
function dayNumber(year: number, month: number, day: number): number {
  // Years begin with March here, so that the leap day comes last. `| 0` drops the fraction.
  const marchYear = month < 2 ? year - 1 : year;
  const leapDays = ((marchYear / 4) | 0) - ((marchYear / 100) | 0) + ((marchYear / 400) | 0);
  const marchMonth = month < 2 ? month + 10 : month - 2;
  return marchYear * 365 + leapDays + (((153 * marchMonth + 2) / 5) | 0) + day - 719_469;
}

const monthByLetters = new Map(MONTHS.map((name, month) => [lettersOf(name), month]));

/** The month that this text begins with, from 0, in any case of letters; or NONE. */
function monthOf(text: string): number {
  return monthByLetters.get(lettersOf(text)) ?? NONE;
}

function lettersOf(text: string): number {
  return letters(text.charCodeAt(0), text.charCodeAt(1), text.charCodeAt(2));
}

/** Three letters, in lower case, as one number; -1 where one is not US-ASCII. */
function letters(first: number, second: number, third: number): number {
  if ((first | second | third) > 0x7f) return -1;
  return ((first | 0x20) << 16) | ((second | 0x20) << 8) | (third | 0x20);
}

/**
 * A date-time as APPEND takes it, without its quotes: `17-Jul-1996 02:44:25 -0700` (RFC 3501 §9), in the zone that
 * lies `offsetMinutes` east of UTC; parts of a second are dropped. Throws UsageError for an invalid Date, a year
 * outside 1 to 9999, and an offset that is no whole number of minutes below a day.
 */
export function formatInternalDate(date: Date, offsetMinutes = 0): string {
  if (!(Number.isInteger(offsetMinutes) && Math.abs(offsetMinutes) < 1440)) {
    throw new UsageError(`not a zone offset in minutes: ${shown(offsetMinutes)}`);
  }
  const local = new Date(timeOfDate(date) + offsetMinutes * 60_000);
  const time = `${padded(local.getUTCHours())}:${padded(local.getUTCMinutes())}:${padded(local.getUTCSeconds())}`;
  const offset = Math.abs(offsetMinutes);
  const zone = `${offsetMinutes < 0 ? '-' : '+'}${padded(Math.floor(offset / 60))}${padded(offset % 60)}`;
  return `${dateText(local).padStart(11)} ${time} ${zone}`;
}

/**
 * The day that SEARCH takes: `1-Feb-1994`. A Date means its day in UTC; a string, `1994-02-01` or `1-Feb-1994`, the
 * day that it names. Throws UsageError for anything else.
 *
 *     date = date-day "-" date-month "-" date-year                    (RFC 3501 §9)
 */
export function formatDate(value: Date | string): string {
  if (typeof value !== 'string') return dateText(new Date(timeOfDate(value)));
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  const imap = /^(\d{1,2})-([a-z]{3})-(\d{4})$/i.exec(value);
  const year = Number(iso?.[1] ?? imap?.[3]);
  const month = iso ? Number(iso[2]) - 1 : monthOf(imap?.[2] ?? '');
  const day = Number(iso?.[3] ?? imap?.[1]);
  if (!isDay(year, month, day)) throw new UsageError(`not a day like 2024-12-31: ${shown(value)}`);
  return dateOf(year, month, day);
}

function dateText(date: Date): string {
  const year = date.getUTCFullYear();
  // An offset can push the last moments that Date knows out of its reach: NaN.
  if (!(year >= 1 && year <= 9999)) throw new UsageError(`a year from 1 to 9999 is needed, not ${year}`);
  return dateOf(year, date.getUTCMonth(), date.getUTCDate());
}

function dateOf(year: number, month: number, day: number): string {
  return `${day}-${MONTHS[month]}-${String(year).padStart(4, '0')}`;
}

function timeOfDate(date: Date): number {
  const time = date instanceof Date ? date.getTime() : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError(`not a valid Date: ${shown(date)}`);
  return time;
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}
