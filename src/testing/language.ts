/** The languages of the texts in tagged responses (RFC 5255 §3). */

/** English that every client may show (RFC 2277 §4.5). */
export const DEFAULT_LANGUAGE = 'i-default';

const DOES_NOT_EXIST = 'Das Postfach gibt es nicht';

/** What most sessions read. A text that is not here stays English. */
const GERMAN: ReadonlyMap<string, string> = new Map([
  ['Logged in', 'Angemeldet'],
  ['Authentication failed', 'Anmeldung fehlgeschlagen'],
  ["Mailbox doesn't exist", DOES_NOT_EXIST],
  ['Mailbox already exists', 'Das Postfach gibt es schon'],
  ['Mailbox cannot be selected', 'Das Postfach kann nicht geöffnet werden'],
  ['Mailbox is read-only', 'Das Postfach kann nur gelesen werden'],
  ['No mailbox selected', 'Kein Postfach ist geöffnet'],
  ['No such language', 'Diese Sprache gibt es hier nicht'],
  ['Unknown command', 'Unbekannter Befehl'],
]);

const TRANSLATIONS: Readonly<Record<string, (text: string) => string>> = {
  en: (text) => text,
  de: (text) => GERMAN.get(text) ?? text.replace(/ completed$/, ' ausgeführt'),
};

export const LANGUAGES: readonly string[] = [DEFAULT_LANGUAGE, ...Object.keys(TRANSLATIONS)];

export function translated(text: string, language: string): string {
  return TRANSLATIONS[language]?.(text) ?? text;
}

/** The language for a range: that one, or what is left of the range where there is one (RFC 4647 §3.4). */
export function lookUp(range: string): string | undefined {
  const wanted = range.toLowerCase();
  if (wanted === 'default') return DEFAULT_LANGUAGE;
  for (let tag = wanted; tag !== ''; tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-'))))
    if (LANGUAGES.includes(tag)) return tag;
  return undefined;
}
