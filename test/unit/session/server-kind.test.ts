import { describe, expect, it } from 'vitest';
import type { ServerKind } from '../../../src/session/server-kind.ts';
import { ConnectionState } from '../../../src/session/state.ts';
import { Capabilities } from '../../../src/syntax/capability.ts';

function serverKind(greeting: string, capabilities: Capabilities): ServerKind | undefined {
  const state = new ConnectionState();
  state.greeting = greeting;
  state.setCapabilities([...capabilities.names]);
  return state.server;
}

describe('what a server is', () => {
  it.each([
    ['Courier-IMAP ready. Copyright 1998-2018 Double Precision, Inc.', 'Courier'],
    ['mail.example.com Cyrus IMAP v2.4.16 server ready', 'Cyrus'],
    ['Domino IMAP4 Server Release 8.5.3 ready Mon, 1 Jan 2024 00:00:00 +0000', 'Domino'],
    ['Dovecot ready.', 'Dovecot'],
    ['Dovecot (Debian) ready.', 'Dovecot'],
    ['Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (x) ready.', 'Exchange 2003'],
    ['Microsoft Exchange Server 2007 IMAP4 service is ready', 'Exchange 2007'],
    ['The Microsoft Exchange IMAP4 service is ready. [x]', 'Exchange'],
    ['Gimap ready for requests from 1.2.3.4 x1mb1', 'Gmail'],
    ['[CAPABILITY IMAP4] QQMail XMIMAP4Server ready', 'QQ'],
    ['IMAPrev1', 'hMailServer'],
    ['localhost IMAP4rev1 2007f.404 at Mon, 1 Jan 2024', 'UW'],
    ['localhost Panda IMAP 2010 ready', 'UW'],
    ['IMAP4rev1 SmarterMail', 'SmarterMail'],
    ['Yandex IMAP4rev1 at sas1-x.qloud-c.yandex.net:993 ready', 'Yandex'],
    ['mail.example.com Zimbra IMAP4rev1 server ready', 'Zimbra'],
    ['Zoho Mail IMAP4rev1 Server', 'Zoho'],
    ['IMAP4rev1 ready', undefined],
    ['', undefined],
  ])('knows %j', (greeting, kind) => {
    expect(serverKind(greeting, Capabilities.none)).toBe(kind);
  });

  it.each([
    ['X-GM-EXT-1', 'Gmail'],
    ['XSTOP', 'Proton Bridge'],
    ['XYMHIGHESTMODSEQ', 'Yahoo'],
    ['XAPPLEPUSHSERVICE', 'iCloud'],
  ])('knows who has %s', (capability, kind) => {
    expect(serverKind('ready', new Capabilities(['IMAP4rev1', capability]))).toBe(kind);
  });

  it('knows who tells its name', () => {
    const state = new ConnectionState();
    state.greeting = 'mail.example.com at your service';
    state.serverName = 'Dovecot';
    state.setCapabilities(['IMAP4rev1', 'ID']);
    expect(state.server).toBe('Dovecot');
  });

  it.each([
    ['IMAP4REV1 I18NLEVEL=1 LITERAL+ IDLE UIDPLUS NAMESPACE ESEARCH WITHIN SCAN SORT MULTIAPPEND', 'UW'],
    ['IMAP4REV1 X-NETSCAPE NAMESPACE MAILBOX-REFERRALS SCAN SORT MULTIAPPEND', 'UW'],
    // Cyrus 2.4
    ['IMAP4rev1 LITERAL+ ID ENABLE ACL LIST-EXTENDED WITHIN QRESYNC SCAN XLIST', undefined],
  ])('knows UW, which has SCAN and no ID: %s', (capabilities, kind) => {
    expect(serverKind('ready', new Capabilities(capabilities.split(' ')))).toBe(kind);
  });

  it('is certain by what it says behind TLS, and never by what came before', () => {
    const state = new ConnectionState();
    state.greeting = 'localhost IMAP4rev1 2007f.404 at Mon, 1 Jan 2024';
    expect(state.isCertainly('UW')).toBe(true);
    state.setCapabilities(['IMAP4REV1', 'SCAN', 'STARTTLS']);
    state.forgetCleartext();
    expect([state.server, state.isCertainly('UW')]).toEqual(['UW', false]);
    state.setCapabilities(['IMAP4REV1', 'SORT', 'SCAN']);
    expect([state.server, state.isCertainly('UW'), state.isCertainly('Gmail')]).toEqual(['UW', true, false]);
  });

  it('takes a greeting before an extension: QQ has one of iCloud', () => {
    expect(serverKind('QQMail IMAP4Server ready', new Capabilities(['XAPPLEPUSHSERVICE']))).toBe('QQ');
  });
});
