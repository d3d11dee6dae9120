import { decodeWords } from './encoded-word.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Obsolete zones, in minutes east of UTC. All others, the military letters too, say nothing: UTC (RFC 5322 §4.3). */
const ZONES: Readonly<Record<string, number>> = {
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** Longer ones hold comments, or nonsense. */
const MAX_LENGTH = 200;

interface DateParts {
  year: number;
  /** 0 is January, -1 is none yet. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** Minutes east of UTC. */
  zone: number;
}

/**
 * A Date field, as the header or ENVELOPE has it. Beside RFC 5322 §3.3 and §4.3 it reads what old and broken mailers
 * send: no day of the week, no seconds, no zone, `8-May-2010`, `16.03.09`, asctime's `Sat May  8 16:03:09 2010`,
 * `+02:00`, `4:03 PM`, ISO 8601, comments, encoded words. By RFC 5256 §2.2 an impossible zone is UTC and an impossible time
 * 00:00:00 UTC. undefined: no such day.
 */
export function parseDate(text: string): Date | undefined {
  return toDate(readParts(text.includes('=?') ? decodeWords(text) : text));
}

/** Reads numbers, words and times in whatever order they come, by what they look like. */
function readParts(text: string): DateParts {
  const parts: DateParts = { year: -1, month: -1, day: -1, hour: 0, minute: 0, second: 0, zone: 0 };
  const token =
    /(\d{4})-(\d\d)-(\d\d)(?!\d)|(\d{1,2})(?:\s*:\s*|\.)(\d{1,2})(?:(?:\s*:\s*|\.)(\d{1,2})(?:[.,]\d+)?)?|([+-])(\d{1,2}):?(\d{2})(?!\d)|\d+|[A-Za-z]+/g;
  let timed = false;
  let zoned = false;
  for (const match of withoutComments(text).matchAll(token)) {
    const [word, year, month, day, hour, minute, second, sign, zoneHour, zoneMinute] = match;
    if (year !== undefined) {
      parts.year = Number(year);
      parts.month = Number(month) - 1;
      parts.day = Number(day);
    } else if (hour !== undefined && !timed) {
      timed = true;
      parts.hour = Number(hour);
      parts.minute = Number(minute);
      parts.second = Number(second ?? 0);
    } else if (sign !== undefined && timed) {
      if (!zoned) parts.zone = zoneOf(sign === '-', Number(zoneHour), Number(zoneMinute));
      zoned = true;
    } else if (!/[A-Za-z]/.test(word)) {
      readDayOrYear(parts, word.replace(/\D/g, ''));
    } else if (parts.month < 0 || (!timed && monthOf(word) >= 0)) {
      // The first one may be the French, Italian or Spanish Tuesday: "mar., 5 nov. 2019".
      parts.month = monthOf(word);
    } else if (timed && !zoned) {
      readZoneName(parts, word.toUpperCase());
    }
  }
  return parts;
}

/** RFC 5322 §4.3: two-digit years up to 49 are 20xx; other years of two or three digits count from 1900. */
function readDayOrYear(parts: DateParts, digits: string): void {
  const value = Number(digits);
  if (parts.day < 0 && digits.length <= 2) {
    parts.day = value;
  } else if (parts.year < 0 && digits.length >= 2 && digits.length <= 4) {
    if (digits.length === 4) parts.year = value;
    else parts.year = value + (digits.length === 2 && value < 50 ? 2000 : 1900);
  }
}

function readZoneName(parts: DateParts, name: string): void {
  if (name === 'PM' && parts.hour < 12) parts.hour += 12;
  else if (name === 'AM' && parts.hour === 12) parts.hour = 0;
  else if (Object.hasOwn(ZONES, name)) parts.zone = ZONES[name] ?? 0;
}

function zoneOf(west: boolean, hours: number, minutes: number): number {
  if (hours > 23 || minutes > 59) return 0;
  const zone = hours * 60 + minutes;
  return west ? -zone : zone;
}

/** RFC 5322 §3.2.2: comments nest, and a backslash quotes a parenthesis. */
function withoutComments(text: string): string {
  if (!text.includes('(')) return text.slice(0, MAX_LENGTH);
  let kept = '';
  let depth = 0;
  for (let i = 0; i < text.length && kept.length < MAX_LENGTH; i++) {
    const char = text.charAt(i);
    if (char === '\\') i++;
    else if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) kept += char;
  }
  return kept;
}

function toDate(parts: DateParts): Date | undefined {
  const { year, month, day } = parts;
  if (year < 1900 || month < 0 || month > 11 || day < 1 || day > daysIn(year, month)) return undefined;
  const timeExists = parts.hour < 24 && parts.minute < 60 && parts.second <= 60;
  if (!timeExists) return new Date(Date.UTC(year, month, day));
  return new Date(Date.UTC(year, month, day, parts.hour, parts.minute - parts.zone, parts.second));
}

function daysIn(year: number, month: number): number {
  if (month === 1) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 3 || month === 5 || month === 8 || month === 10 ? 30 : 31;
}

function monthOf(text: string): number {
  return MONTHS.indexOf(text.slice(0, 3).toLowerCase());
}
