import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/errors.ts';
import { Announcements } from '../../../src/session/announcements.ts';

function heard(announcements: Announcements): string[] {
  const texts: string[] = [];
  announcements.listeners.on('alert', ({ text }) => texts.push(text));
  return texts;
}

describe('Announcements', () => {
  it('keeps the first ten alerts until somebody listens, and tells them once', () => {
    const announcements = new Announcements();
    for (let number = 1; number <= 12; number++) announcements.keepAlert(String(number));
    announcements.listeners.on('unknown', () => {});
    announcements.tellAlerts();
    const texts = heard(announcements);
    announcements.tellAlerts();
    announcements.tellAlerts();
    expect(texts).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  it('tells nobody of what nobody listens to', () => {
    const announcements = new Announcements();
    announcements.alert('missed');
    announcements.closed(new ConnectionError('LOST', 'gone', { phase: 'command' }));
    expect(heard(announcements)).toEqual([]);
  });

  it.each([
    ['CLOSED', false],
    ['LOST', true],
  ])('tells the end of a connection, by %s with its error: %s', (code, told) => {
    const announcements = new Announcements();
    const error = new ConnectionError(code, 'over', { phase: 'command' });
    const ends: unknown[] = [];
    announcements.listeners.on('close', (end) => ends.push(end));
    announcements.closed(error);
    expect(ends).toEqual([told ? { error } : {}]);
  });
});
