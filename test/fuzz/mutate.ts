/** Transcripts of real servers, changed at random: seeded, so that what fails, fails again. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Random } from '../unit/wire/random.ts';

/** Every input of the vectors, latin1. */
export function corpus(): string[] {
  const folder = new URL('../vectors/', import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(rfc|servers).*\.jsonl$/.test(name),
  );
  return files.sort().flatMap(
    (file) =>
      readFileSync(new URL(file, folder), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { input: string }).input), // the files are part of the tests
  );
}

/** What the grammar is made of, and what it is not. */
const PIECES = [
  ...[
    '(',
    ')',
    '"',
    '\\',
    ' ',
    '\r\n',
    '\n',
    '\r',
    '\0',
    '[',
    ']',
    '{',
    '}',
    '~',
    '<',
    '>',
    '*',
    '+',
    ',',
    ':',
    '%',
    '=',
  ],
  ...[
    '{0}\r\n',
    '{1}\r\nx',
    '{4294967295}\r\n',
    '{99999999999999999999}\r\n',
    '~{3}\r\nabc',
    'NIL',
    '()',
    '""',
    '"\\"',
    '((((',
    '))))',
  ],
  ...[
    '0',
    '1',
    '-1',
    '4294967295',
    '4294967296',
    '9007199254740993',
    '18446744073709551616',
    '1:*',
    '1:4294967295',
    '1,2,3:9',
  ],
  ...[
    '* ',
    'A1 ',
    'A2 OK ',
    '* OK [',
    'FETCH (',
    'UID ',
    'FLAGS (',
    'BODY[',
    'BODYSTRUCTURE (',
    'ENVELOPE (',
    'ESEARCH (TAG "A1") UID ALL ',
  ],
  ...[
    '[COPYUID 1 1:3 4:6]',
    '[CAPABILITY ',
    '* BYE ',
    '* VANISHED (EARLIER) 1:5',
    '* SEARCH 1 2',
    '* LIST () "/" ',
    '* STATUS x (',
    '\xff\xfe',
    '\xc3\xa9',
  ],
  ...[
    '=?utf-8?B?',
    '=?utf-8?Q?=',
    '?=',
    '&AOk-',
    '__proto__',
    'MODSEQ (',
    '* THREAD (1 2 (3))',
    '* QUOTA "" (STORAGE 1 2)',
    '* 1 EXPUNGE',
    '* 9 EXISTS',
  ],
];

/** A transcript, changed in a few places. */
export function mutated(inputs: readonly string[], random: Random): string {
  let text = one(inputs, random);
  for (let rounds = random.below(6); rounds >= 0; rounds--) text = change(text, inputs, random);
  return text;
}

function change(text: string, inputs: readonly string[], random: Random): string {
  const at = random.below(text.length + 1);
  const end = Math.min(text.length, at + random.below(random.below(10) === 0 ? 200 : 12));
  switch (random.below(8)) {
    case 0:
      return text.substring(0, at) + text.substring(end);
    case 1:
      return text.substring(0, at) + one(PIECES, random) + text.substring(at);
    case 2:
      return text.substring(0, at) + one(PIECES, random) + text.substring(end);
    case 3:
      return text.substring(0, end) + text.substring(at);
    case 4:
      return text.substring(0, at) + String.fromCharCode(random.below(256)) + text.substring(at + 1);
    case 5:
      return text.substring(0, at) + one(inputs, random).substring(random.below(50));
    case 6:
      return text.substring(0, at) + one(PIECES, random).repeat(random.below(200)) + text.substring(at);
    default:
      return text + one(inputs, random);
  }
}

/** Bytes without any sense. */
export function noise(random: Random): string {
  return Array.from({ length: random.below(300) }, () =>
    random.below(3) === 0 ? one(PIECES, random) : String.fromCharCode(random.below(256)),
  ).join('');
}

/** Cut into chunks anywhere. */
export function chunks(text: string, random: Random): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const cut: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random.below(random.below(2) === 0 ? 5 : 500);
    cut.push(bytes.subarray(at, end));
    at = end;
  }
  return cut;
}

function one<T>(from: readonly T[], random: Random): T {
  const chosen = from[random.below(from.length)];
  if (chosen === undefined) throw new Error('Nothing to choose from');
  return chosen;
}
