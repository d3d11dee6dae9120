import { bad } from './refusal.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A moment with the zone that it was written in, which INTERNALDATE gives back. */
export interface ZonedDate {
  /** Ms since 1970. */
  at: number;
  /** Minutes east of UTC. */
  zone: number;
}

/** date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE (RFC 3501 §9) */
export function parseDateTime(text: string): ZonedDate {
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  const month = monthOf(match?.[2]);
  if (!match || month < 0) throw bad('Bad date-time');
  const [day, year, hour, minute, second] = [1, 3, 4, 5, 6].map((index) => Number(match[index])) as Five; // five indices in, five numbers out
  const offset = Number(match[8]) * 60 + Number(match[9]);
  if (day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60 || offset >= 1440)
    throw bad('Bad date-time');
  const zone = match[7] === '-' ? -offset : offset;
  return { at: utc(year, month, day) + ((hour * 60 + minute - zone) * 60 + second) * 1000, zone };
}
type Five = [number, number, number, number, number];

export function formatDateTime({ at, zone }: ZonedDate): string {
  const local = new Date(at + zone * 60_000);
  const time = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two).join(':');
  const offset = Math.abs(zone);
  return (
    `${String(local.getUTCDate()).padStart(2)}-${MONTHS[local.getUTCMonth()]}-${String(local.getUTCFullYear()).padStart(4, '0')} ${time} ` +
    `${zone < 0 ? '-' : '+'}${two(Math.floor(offset / 60))}${two(offset % 60)}`
  );
}

/** date-text = date-day "-" date-month "-" date-year, as a count of days since 1970. */
export function parseDate(text: string): number {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  const month = monthOf(match?.[2]);
  const day = Number(match?.[1]);
  const year = Number(match?.[3]);
  if (month < 0 || day < 1 || day > daysIn(year, month)) throw bad('Bad date');
  return utc(year, month, day) / 86_400_000;
}

/** The calendar day on which it was written, as a count of days since 1970. */
export function dayOf({ at, zone }: ZonedDate): number {
  return Math.floor((at + zone * 60_000) / 86_400_000);
}

/** Zones by name of RFC 5322 §4.3, in minutes. */
const ZONES: Record<string, number> = {
  UT: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

/** The Date field of a message (RFC 5322 §3.3 and §4.3). A time that does not exist is 00:00:00 UTC (RFC 5256 §2.2). */
export function parseMessageDate(value: string): ZonedDate | undefined {
  const text = value.replace(/\([^()]*\)/g, ' ').trim();
  const match =
    /^(?:[A-Za-z]+\s*,\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*[\s-]+(\d{2,4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[A-Za-z]+)?/.exec(
      text,
    );
  const month = monthOf(match?.[2]);
  if (!match || month < 0) return undefined;
  const year = fullYear(match[3] ?? '');
  const [day, hour, minute] = [Number(match[1]), Number(match[4]), Number(match[5])];
  const second = Number(match[6] ?? 0);
  if (day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60) return { at: utc(year, month, day), zone: 0 };
  const zone = zoneOf(match[7]);
  return { at: utc(year, month, day) + ((hour * 60 + minute - zone) * 60 + second) * 1000, zone };
}

/** One that does not exist is UTC (RFC 5256 §2.2). */
function zoneOf(text: string | undefined): number {
  if (text === undefined) return 0;
  if (!/^[+-]/.test(text)) return ZONES[text.toUpperCase()] ?? 0;
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(3, 5))];
  if (hours > 23 || minutes > 59) return 0;
  const zone = hours * 60 + minutes;
  return text.startsWith('-') ? -zone : zone;
}

/** obs-year (RFC 5322 §4.3). */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function monthOf(name: string | undefined): number {
  return name === undefined ? -1 : MONTHS.findIndex((month) => month.toLowerCase() === name.toLowerCase());
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(2000 + (year % 400), month + 1, 0)).getUTCDate();
}

/** Date.UTC takes years under 100 as 19xx. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
