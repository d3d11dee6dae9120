import { describe, expect, it } from 'vitest';
import { Capabilities, readCapabilities } from '../../../src/syntax/capability.ts';
import { readerOf } from './reader-of.ts';

const capabilitiesOf = (text: string) => new Capabilities(text.split(' '));

describe('readCapabilities', () => {
  it('reads words in upper case and passes over what is none', () => {
    expect(readCapabilities(readerOf(' IMAP4rev1 * idle AUTH=plain  '))).toEqual(['IMAP4REV1', 'IDLE', 'AUTH=PLAIN']);
    expect(readCapabilities(readerOf(''))).toEqual([]);
  });

  it('keeps a thousand of them', () => {
    expect(readCapabilities(readerOf('X '.repeat(5000)))).toHaveLength(1000);
  });

  it('passes over what no capability begins with', () => {
    expect(readCapabilities(readerOf('A "B" (C)\tD {"'))).toEqual(['A', 'B', 'C', 'D']);
    expect(readCapabilities(readerOf('A, B,C, D'))).toEqual(['A', 'B,C', 'D']);
  });
});

describe('Capabilities', () => {
  it('finds names in any case', () => {
    const capabilities = capabilitiesOf('IMAP4rev1 Idle AUTH=PLAIN AUTH=xoauth2');
    expect(capabilities.has('idle')).toBe(true);
    expect(capabilities.has('MOVE')).toBe(false);
    expect([...capabilities.names]).toEqual(['IMAP4REV1', 'IDLE', 'AUTH=PLAIN', 'AUTH=XOAUTH2']);
    expect([...capabilities.auth]).toEqual(['PLAIN', 'XOAUTH2']);
    expect([...capabilitiesOf('AUTH= AUTH=X').auth]).toEqual(['X']);
  });

  it('knows what IMAP4rev2 takes in', () => {
    const capabilities = capabilitiesOf('IMAP4rev2');
    for (const name of ['NAMESPACE', 'UNSELECT', 'UIDPLUS', 'ESEARCH', 'SEARCHRES', 'ENABLE', 'IDLE', 'SASL-IR']) {
      expect(capabilities.has(name)).toBe(true);
    }
    for (const name of ['LIST-EXTENDED', 'LIST-STATUS', 'MOVE', 'LITERAL-']) expect(capabilities.has(name)).toBe(true);
    for (const name of ['LITERAL+', 'CONDSTORE', 'BINARY', 'SORT']) expect(capabilities.has(name)).toBe(false);
    expect(capabilities.binaryFetch).toBe(true);
    expect([...capabilities.names]).toEqual(['IMAP4REV2']);
  });

  it("knows nothing of IMAP4rev2's ways in IMAP4rev1's commands until it is enabled (MailKit #2016)", () => {
    const words = ['IMAP4rev1', 'IMAP4rev2'];
    const offered = new Capabilities(words);
    for (const name of ['ESEARCH', 'SEARCHRES', 'LIST-STATUS', 'STATUS=SIZE']) expect(offered.has(name)).toBe(false);
    for (const name of ['IMAP4rev2', 'ENABLE', 'MOVE', 'UIDPLUS', 'IDLE', 'SASL-IR'])
      expect(offered.has(name)).toBe(true);
    expect(offered.binaryFetch).toBe(false);
    const enabled = Capabilities.of(words, true);
    for (const name of ['ESEARCH', 'SEARCHRES', 'LIST-STATUS', 'STATUS=SIZE', 'MOVE'])
      expect(enabled.has(name)).toBe(true);
    expect([enabled.binaryFetch, enabled.onlyRev2]).toEqual([true, false]);
    expect(Capabilities.of(words)).not.toBe(enabled);
  });

  it('knows what extensions imply', () => {
    expect(capabilitiesOf('QRESYNC').has('CONDSTORE')).toBe(true);
    expect(capabilitiesOf('QRESYNC').has('ENABLE')).toBe(true);
    expect(capabilitiesOf('LITERAL+').has('LITERAL-')).toBe(true);
    expect(capabilitiesOf('UTF8=ONLY').has('ENABLE')).toBe(true);
    expect(capabilitiesOf('QUOTA=RES-STORAGE QUOTASET').has('QUOTA')).toBe(true);
    expect(capabilitiesOf('QUOTASET').has('QUOTA')).toBe(false);
    expect(capabilitiesOf('BINARY').binaryFetch).toBe(true);
    expect(Capabilities.none.binaryFetch).toBe(false);
  });

  it('reads limits', () => {
    const capabilities = capabilitiesOf('APPENDLIMIT=35651584 MESSAGELIMIT=1000');
    expect(capabilities.appendLimit).toBe(35651584);
    expect(capabilities.messageLimit).toBe(1000);
    expect(capabilities.has('APPENDLIMIT')).toBe(true);
    expect('saveLimit' in capabilitiesOf('APPENDLIMIT=1')).toBe(false);
    expect(capabilities.saveLimit).toBe(1000);
    expect(capabilitiesOf('SAVELIMIT=7').saveLimit).toBe(7);
    expect(capabilitiesOf('MESSAGELIMIT=0 SAVELIMIT=0')).not.toHaveProperty('saveLimit');
    expect('appendLimit' in capabilitiesOf('APPENDLIMIT')).toBe(false);
    expect(capabilitiesOf('APPENDLIMIT=x MESSAGELIMIT=99999999999999999999')).not.toHaveProperty('appendLimit');
  });

  it('tells where nothing but IMAP4rev2 is spoken', () => {
    expect(capabilitiesOf('IMAP4rev2 IDLE').onlyRev2).toBe(true);
    expect(capabilitiesOf('IMAP4rev1 IMAP4rev2').onlyRev2).toBe(false);
    expect(capabilitiesOf('IMAP4rev1').onlyRev2).toBe(false);
    expect(Capabilities.none.onlyRev2).toBe(false);
  });

  it('shares one object between equal lists, a hundred of them at most', () => {
    const first = Capabilities.of(['A', 'B']);
    expect(Capabilities.of(['A', 'B'])).toBe(first);
    const long = ['x'.repeat(5000)];
    expect(Capabilities.of(long)).not.toBe(Capabilities.of(long));
    for (let index = 0; index < 100; index++) Capabilities.of([`X-${index}`]);
    expect(Capabilities.of(['A', 'B'])).not.toBe(first);
    expect(Capabilities.of(['A', 'B'])).toEqual(first);
  });

  it('takes names for names', () => {
    expect(capabilitiesOf('IMAP4rev1').has('__proto__')).toBe(false);
    expect(capabilitiesOf('IMAP4rev1').has('constructor')).toBe(false);
    expect(capabilitiesOf('CONSTRUCTOR').has('constructor')).toBe(true);
  });
});
