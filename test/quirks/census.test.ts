/** How many quirks are held, by server: one that goes missing is noticed. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const here = new URL('./', import.meta.url);
const vectors = new URL('../vectors/servers/', import.meta.url);

function read(folder: URL, name: string): string {
  return readFileSync(new URL(name, folder), 'utf8');
}

it('holds as many vectors of each server as were gathered', () => {
  const counts = readdirSync(vectors).map((name) => [
    name.replace('.jsonl', ''),
    read(vectors, name).split('\n').filter(Boolean).length,
  ]);
  expect(Object.fromEntries(counts)).toEqual({
    any: 98,
    aol: 1,
    coremail: 3,
    courier: 1,
    cyrus: 2,
    davmail: 2,
    domino: 3,
    dovecot: 6,
    exchange: 19,
    gmail: 12,
    gmx: 1,
    greenmail: 2,
    groupwise: 1,
    homepl: 3,
    icewarp: 1,
    icloud: 4,
    maddy: 2,
    mailru: 3,
    netscape: 1,
    office365: 5,
    outlook: 2,
    proton: 2,
    qq: 6,
    sims: 1,
    smartermail: 2,
    strato: 1,
    surgemail: 1,
    telus: 1,
    virginmedia: 1,
    xeams: 1,
    yahoo: 5,
    yandex: 3,
    zimbra: 1,
    zoho: 2,
  });
});

it('holds as many scenarios of each server as were gathered', () => {
  const counts: [string, number][] = [];
  for (const name of readdirSync(here).filter((one) => one.endsWith('.test.ts'))) {
    for (const block of read(here, name)
      .split(/^describe\('/m)
      .slice(1)) {
      const scenarios = block.match(/^ +quirk\(/gm)?.length ?? 0;
      if (scenarios > 0) counts.push([block.substring(0, block.indexOf("'")), scenarios]);
    }
  }
  expect(Object.fromEntries(counts)).toEqual({
    'some servers': 29,
    'RFC 5465 itself': 1,
    'all servers': 2,
    Exchange: 8,
    'Office 365': 4,
    Dovecot: 8,
    Cyrus: 1,
    Courier: 11,
    Mailutils: 3,
    UW: 2,
    Zimbra: 1,
    'Proton Bridge': 3,
    'hMailServer, Tencent exmail': 1,
    Perdition: 2,
    Xeams: 1,
    'mailo.com': 1,
    'Courier, Dovecot, Gmail and others': 1,
    Gmail: 4,
    iCloud: 4,
    Yahoo: 4,
    Yandex: 2,
    'mail.ru and AOL': 1,
    QQ: 2,
    '163, 126, 188 (Coremail)': 2,
    Sohu: 1,
    Strato: 2,
    'home.pl': 1,
    Free: 1,
  });
});
