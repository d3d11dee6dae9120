/**
 * The RFCs' grammars at work, with fixed seeds. What a server may send is generated, each alternative in its turn and every
 * keyword in any case of letters, and read by a session, whole and byte by byte: nothing of it is unknown, and it means what a
 * model of the RFCs' says. What the client writes, whatever the server offers, is a command by the grammar.
 */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { Random } from '../unit/wire/random.ts';
import { Grammar } from './abnf.ts';
import { builtins, charset, sent, utf8Char } from './builtins.ts';
import { commands } from './commands.abnf.ts';
import { COMMANDS, SERVERS, writtenTo } from './commands.ts';
import { told } from './model.ts';
import { CASES, continued, farewell, generated, grammarOf, greeted, readGenerated } from './responses.ts';

/** How many of those that have many forms. */
const MANY: Readonly<Record<string, number>> = { 'fetch-response': 250, 'uidfetch-response': 100, 'resp-text': 500 };

describe('what a server may send', () => {
  it.each(Object.keys(CASES))('%s', { timeout: 60_000 }, async (name) => {
    const count = MANY[name] ?? 50;
    for (const { wire, meaning, result, unknown } of await readGenerated(name, count, 1, (index) => index % 5 === 0)) {
      expect(unknown, wire).toEqual([]);
      expect(modelled(result), wire).toEqual(meaning);
    }
  });

  it('is every alternative of the grammar', () => {
    const taken: number[] = [];
    const tried = [...Object.entries(CASES), ...['greeting', 'continue-req'].map((rule) => [rule, {}] as const)];
    for (const [name, one] of tried) {
      const grammar = grammarOf(one);
      for (const _ of generated(name, MANY[name] ?? 50, 1, grammar));
      for (const [index, count] of grammar.alternatives.entries()) taken[index] = (taken[index] ?? 0) + count;
    }
    expect(taken.length).toBeGreaterThan(100);
    expect(taken.filter((count) => count === 0)).toEqual([]);
  });

  it('greetings, and goodbyes', async () => {
    for (const { node } of generated('greeting', 200, 1, grammarOf({}))) {
      const status = node.text.substring(0, node.text.indexOf(' ')).toUpperCase();
      const { code, text } = told(node);
      const greeting = await greeted(node.text, status !== 'OK');
      if (status !== 'BYE') {
        expect(greeting, node.text).toEqual({ status, text, ...(code === undefined ? {} : { code }) });
        continue;
      }
      const reason = `${code === undefined ? '' : `[${code.name}] `}${text}`.trim();
      const message = `The server said goodbye${reason === '' ? '' : `: ${reason}`}`;
      // How an error shows control characters is another test's.
      const says = (told: string) => (/^[ -~]*$/.test(told) ? told : expect.any(String));
      const goodbye = { code: 'BYE', ...(code === undefined ? {} : { responseCode: code }) };
      expect(greeting, node.text).toMatchObject({ ...goodbye, message: says(message) });
      expect(await farewell(node.text, false), node.text).toMatchObject({
        ...goodbye,
        message: says(`TEST: ${message}`),
      });
    }
  });

  it('continuation requests', async () => {
    for (const { node } of generated('continue-req', 100, 1, grammarOf({})))
      expect(await continued(node.text, true), node.text).toBe(node.text.replace(/^ +/, ''));
  });
});

/** The moments of Date fields, and names of files, are other tests'. */
function modelled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(modelled);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  const left = Object.entries(value).filter(
    ([key, inner]) =>
      !((key === 'date' && 'replyTo' in value) || (key === 'filename' && 'encoding' in value)) && inner !== undefined,
  );
  return Object.fromEntries(left.map(([key, inner]) => [key, modelled(inner)]));
}

describe('what is sent, whatever the server offers', () => {
  it.each(Object.entries(COMMANDS))('%s', { timeout: 60_000 }, (_, make) => {
    let judged = 0;
    for (const [name, server] of Object.entries(SERVERS)) {
      const random = new Random(1);
      for (let count = 0; count < 25; count++) {
        try {
          const { wire, wrong } = writtenTo(server, make, random);
          expect(wrong, `${name}: ${wire}`).toBeUndefined();
          judged++;
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
        }
      }
    }
    expect(judged).toBeGreaterThan(100);
  });
});

it('refuses what is no command', () => {
  const judge = new Grammar(commands, { ...builtins, ...sent, 'utf8-char': utf8Char(false), charset: charset(true) });
  const wrong = [
    'DELETE a b',
    'DELETE "a',
    'UID SEARCH OR ALL',
    'UID FETCH 0 (UID)',
    'UID FETCH 1 UID)',
    'DELETE {1}\r\nab',
    'DELETE "\xc3\xa9"',
    'CREATE',
    'LIST (REMOTE RECURSIVEMATCH) "" *',
  ];
  expect(wrong.filter((line) => judge.matches('command', `${line}\r\n`))).toEqual([]);
  expect(
    ['DELETE a', 'UID SEARCH OR ALL SEEN', 'DELETE {2}\r\nab'].filter(
      (line) => !judge.matches('command', `${line}\r\n`),
    ),
  ).toEqual([]);
});
