import { expect, test } from 'vitest';
import { login, start } from './servers.ts';

test('the sample mail is the same for the same moment, and as old relative to another', async () => {
  const at = async (now: string) => {
    const server = await start({ sampleMail: true, now: () => new Date(now) });
    return [...server.store.account().mailboxes].map(({ name, messages }) => ({ name, messages }));
  };
  const one = await at('2024-03-05T12:00:00Z');
  const same = await at('2024-03-05T12:00:00Z');
  const later = await at('2025-03-05T12:00:00Z');
  expect(one.flatMap(({ messages }) => messages)).toHaveLength(40);
  expect(one.map(({ messages }) => messages.map(({ content }) => content.raw))).toEqual(
    same.map(({ messages }) => messages.map(({ content }) => content.raw)),
  );
  const newest = (mailboxes: typeof one) => mailboxes[0]?.messages.at(-1)?.internalDate.at;
  expect(newest(later)).toBe((newest(one) ?? 0) + 365 * 86_400_000);
});

test('it has attachments, threads and charsets that can be searched', async () => {
  const server = await start({ sampleMail: true });
  const client = await login(server, 'INBOX');
  const search = async (key: string, text: string) => {
    const bytes = Buffer.from(text, 'utf8').toString('latin1');
    const [answer] = await client.ok(`SEARCH RETURN (COUNT) CHARSET UTF-8 ${key} {${bytes.length}+}\r\n${bytes}`);
    return Number(/COUNT (\d+)/.exec(answer ?? '')?.[1]);
  };
  expect(await search('BODY', 'конца месяца')).toBe(1);
  expect(await search('BODY', '議事録')).toBe(1);
  expect(await search('BODY', '季度的项目')).toBe(1);
  expect(await search('BODY', 'mañana')).toBe(1);
  expect(await search('BODY', '50 €')).toBe(1);
  expect(await search('SUBJECT', 'ins französische, niederländische und')).toBe(1);
  expect(await search('HEADER References', 'menu-1@sample.example')).toBe(2);
  expect(await search('TEXT', 'readings.csv')).toBe(1);
  const structures = await client.ok('FETCH 1:* (BODYSTRUCTURE ENVELOPE)');
  expect(structures.filter((line) => line.includes('"attachment"')).length).toBeGreaterThan(3);
  expect(structures.filter((line) => line.includes('MISSING_'))).toEqual([]);
  expect(await client.ok('LIST "" *')).toHaveLength(10);
});
