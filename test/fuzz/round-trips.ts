/** What can be written and read: it is the same when it was written, read, and written again. */

import { isDeepStrictEqual } from 'node:util';
import { id } from '../../src/commands/id.ts';
import { setAcl } from '../../src/commands/setacl.ts';
import { setMetadata } from '../../src/commands/setmetadata.ts';
import { setQuota } from '../../src/commands/setquota.ts';
import { UsageError } from '../../src/errors.ts';
import { readFlags, writeFlags } from '../../src/syntax/flag.ts';
import { readMailbox } from '../../src/syntax/mailbox.ts';
import { readEntryValues } from '../../src/syntax/metadata.ts';
import { writeSearchQuery } from '../../src/syntax/search-key.ts';
import { parseSection, readSection } from '../../src/syntax/section.ts';
import { formatInternalDate, parseInternalDate } from '../../src/wire/date-time.ts';
import { Framer } from '../../src/wire/framer.ts';
import { canonicalMailboxName, decodeMailboxName, encodeMailboxName } from '../../src/wire/mailbox-name.ts';
import { readNumber } from '../../src/wire/number.ts';
import { Reader } from '../../src/wire/reader.ts';
import { formatMessageSet } from '../../src/wire/sequence-set.ts';
import { parseUidSet, UidSet } from '../../src/wire/uid-set.ts';
import { CONTINUATION, Writer } from '../../src/wire/writer.ts';
import type { Random } from '../unit/wire/random.ts';
import { meets, randomMessages, randomQuery, readKeys } from './search-queries.ts';

const CHARS = 'aZ09 "\\(){}[]%*+~&-,/._$:;<=>?@\t\x01\x7f\x80éß€\u{1f4e8}\ud800\udc41\u202e\u2028ſK';
const ATOM_CHARS = "aZ09!#$&'+,-./:;<=>?@^_`|~";

function text(random: Random, chars = CHARS): string {
  const all = [...chars];
  return Array.from(
    { length: random.below(random.below(8) === 0 ? 1500 : 12) },
    () => all[random.below(all.length)],
  ).join('');
}

/** What is written, as a response is read; undefined where it can not be written. */
function through<T>(write: (writer: Writer) => unknown, read: (reader: Reader) => T, utf8 = false): T | undefined {
  const writer = new Writer({ nonSynchronizing: 'any', utf8 });
  writer.raw('* X ');
  try {
    write(writer);
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
  let result: { value: T } | undefined;
  const framer = new Framer({
    frame: (frame) => {
      const reader = new Reader();
      reader.reset(frame);
      reader.position += 4;
      result = { value: read(reader) };
      if (!reader.atEnd) throw new Error(`Something is left of ${JSON.stringify(frame.lines)}`);
    },
  });
  for (const part of writer.end()) {
    if (part === CONTINUATION) continue;
    if (typeof part === 'string') framer.receive(Buffer.from(part, 'latin1'));
    else if (part instanceof Uint8Array) framer.receive(Buffer.from(part));
  }
  if (result === undefined) throw new Error('No response came of it');
  return result.value;
}

function same(now: unknown, before: unknown): void {
  if (!isDeepStrictEqual(now, before)) throw new Error(`${JSON.stringify(now)} instead of ${JSON.stringify(before)}`);
}

export const ROUND_TRIPS: Readonly<Record<string, (random: Random) => void>> = {
  'a text': (random) => {
    const before = text(random);
    const now = through(
      (writer) => writer.string(before),
      (reader) => Buffer.from(reader.string(), 'latin1').toString(),
      random.below(2) === 0,
    );
    if (now !== undefined) same(now, before);
  },
  'the name of a mailbox': (random) => {
    const name = random.below(3) === 0 ? text(random, 'INBOXinbox') : text(random);
    const utf8 = random.below(2) === 0;
    const now = through(
      (writer) => writer.mailbox(name),
      (reader) => readMailbox(reader, utf8),
      utf8,
    );
    if (now === undefined) return;
    // A control character is kept from whoever reads it, and goes back as it was.
    if (!/\p{Cc}/u.test(name)) same(now, canonicalMailboxName(name));
    same(
      through(
        (writer) => writer.mailbox(now),
        (reader) => readMailbox(reader, utf8),
        utf8,
      ),
      now,
    );
  },
  'a name that a server lists': (random) => {
    const bytes = Array.from({ length: random.below(20) }, () =>
      random.below(3) === 0 ? text(random, '&-,AO') : String.fromCharCode(1 + random.below(255)),
    ).join('');
    if (/[\r\n\0]/.test(bytes) || /[^\0-\xff]/.test(bytes)) return;
    same(encodeMailboxName(decodeMailboxName(bytes)), bytes);
  },
  'a set': (random) => {
    const ranges = Array.from({ length: 1 + random.below(20) }, () => {
      const first = 1 + random.below(random.below(3) === 0 ? 4_294_967_290 : 50);
      return random.below(2) === 0 ? `${first}` : `${first + random.below(5)}:${first}`;
    });
    const written = formatMessageSet(ranges.join(',')).text;
    const set = parseUidSet(written);
    same([String(set), formatMessageSet(set).text, formatMessageSet(written).text], [written, written, written]);
    if (set.size < 1000) same(String(UidSet.from([...set])), written);
    for (const range of ranges) {
      const [first, last = first] = range.split(':').map(Number);
      same([set.has(first ?? 0), set.has(last ?? 0)], [true, true]);
    }
  },
  'a date': (random) => {
    const seconds = random.below(250_000_000_000) - 62_000_000_000;
    const offset = random.below(2879) - 1439;
    const date = new Date(seconds * 1000);
    let written: string;
    try {
      written = formatInternalDate(date, offset);
    } catch (error) {
      if (error instanceof UsageError) return;
      throw error;
    }
    same(parseInternalDate(written), date);
  },
  flags: (random) => {
    const before = Array.from(
      { length: random.below(6) },
      () => `${random.below(2) === 0 ? '\\' : ''}${text(random, ATOM_CHARS)}`,
    );
    const now = through((writer) => writeFlags(writer, before), readFlags);
    if (now !== undefined && !before.some((flag) => /^(\\|nil)$/i.test(flag))) same([...now], [...new Set(before)]);
  },
  'a section': (random) => {
    const pieces = [
      '1',
      '2.3',
      '10.',
      '.',
      'HEADER',
      'TEXT',
      'MIME',
      'header.fields (From X-Y)',
      'HEADER.FIELDS.NOT (to)',
      ' ',
      ']',
    ];
    const given = Array.from({ length: 1 + random.below(3) }, () => pieces[random.below(pieces.length)]).join('');
    let section: string;
    try {
      section = parseSection(given);
    } catch (error) {
      if (error instanceof UsageError) return;
      throw error;
    }
    same(parseSection(section), section);
    same(
      through((writer) => writer.raw(`${section}]`), readSection),
      section,
    );
  },
  'fields of ID': (random) => {
    // Names with quotes are read as what some servers make of commas.
    const plain = CHARS.replaceAll('"', '');
    const pairs = Array.from({ length: 1 + random.below(8) }, () => [`x${text(random, plain)}`, text(random)] as const);
    const before = Object.fromEntries(pairs);
    const command = id(before);
    const read = command.untagged?.ID;
    const done = through(
      (writer) => command.write?.(writer),
      (reader) => read?.(reader, 0, ''),
    );
    if (done === undefined) return;
    const names = Object.keys(before).map((name) => name.toLowerCase());
    if (new Set(names).size < pairs.length || names.some((name) => name.endsWith(','))) return;
    const now = command.finish({ status: 'OK', text: '' });
    same({ ...now }, Object.fromEntries(Object.values(before).map((value, index) => [names[index], value])));
  },
  'a search': (random) => {
    const query = randomQuery(random);
    const messages = randomMessages(random);
    const test = through((writer) => writeSearchQuery(writer, query), readKeys, random.below(2) === 0);
    if (test === undefined) throw new Error(`Not to be written: ${JSON.stringify(query)}`);
    for (const message of messages) same(test(message), meets(message, query));
  },
  rights: (random) => {
    const [mailbox, identifier] = [text(random), text(random)];
    const rights = text(random, 'lrswipkxtea+-');
    const command = (() => {
      try {
        return setAcl(mailbox, identifier, rights);
      } catch (error) {
        if (error instanceof UsageError) return undefined;
        throw error;
      }
    })();
    if (command === undefined) return;
    const now = through(
      (writer) => command.write?.(writer),
      (reader) => {
        reader.skipSpaces();
        const words = [0, 1, 2].map(() => {
          const word = reader.astring();
          reader.skipSpaces();
          return word;
        });
        return words.slice(1).map((word) => Buffer.from(word, 'latin1').toString());
      },
    );
    if (now !== undefined) same(now, [identifier, rights]);
  },
  'limits of a quota': (random) => {
    const limits = Object.fromEntries(
      Array.from({ length: 1 + random.below(4) }, () => [`X${text(random, 'AZ-09')}`, random.below(2 ** 31)]),
    );
    const root = text(random);
    const now = through(
      (writer) => setQuota(root, limits).write?.(writer),
      (reader) => {
        reader.skipSpaces();
        const name = Buffer.from(reader.astring(), 'latin1').toString();
        const read: Record<string, number> = {};
        reader.skipSpaces();
        reader.list(() => {
          const resource = reader.astring();
          reader.space();
          read[resource] = readNumber(reader);
        });
        return [name, read];
      },
    );
    if (now !== undefined) same(now, [root, limits]);
  },
  metadata: (random) => {
    const entries = Array.from({ length: 1 + random.below(4) }, (_, index) => {
      const value = [null, text(random), Buffer.from(text(random, '\0\r\n"a\xff'), 'latin1')][random.below(3)] ?? null;
      return [`/private/${index}${text(random, 'aZ09-_')}`, value] as const;
    });
    const command = setMetadata('x', Object.fromEntries(entries));
    const now = through(
      (writer) => command.write?.(writer),
      (reader) => {
        reader.skipSpaces();
        reader.string();
        reader.skipSpaces();
        return readEntryValues(reader);
      },
    );
    const before = entries.map(([name, value]) => [name, value === null ? null : Buffer.from(value)]);
    if (now !== undefined) same([...now], before);
  },
};
