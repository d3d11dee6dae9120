import { describe, expect, it } from 'vitest';
import { resumptionOf } from '../../../src/net/resumption.ts';

const PORT = 993;
let hosts = 0;
/** What is kept is the process's: each test has servers of its own. */
const newHost = () => `host${++hosts}.example`;

describe('what is kept of TLS', () => {
  it('is found by whoever connects to the same server with the same trust', () => {
    const host = newHost();
    const ca = Buffer.from('certificate');
    const first = resumptionOf({}, host, PORT, { ca });
    expect(resumptionOf({}, host, PORT, { ca })).toBe(first);
  });

  it.each([
    ['port', (host: string, ca: Buffer) => resumptionOf({}, host, 994, { ca })],
    ['host', (_: string, ca: Buffer) => resumptionOf({}, newHost(), PORT, { ca })],
    ['certificate authority', (host: string) => resumptionOf({}, host, PORT, { ca: Buffer.from('certificate') })],
    ['certificate authority: none', (host: string) => resumptionOf({}, host, PORT, {})],
    ['option', (host: string, ca: Buffer) => resumptionOf({}, host, PORT, { ca, minVersion: 'TLSv1.3' })],
  ])('is not found with another %s', (_, other) => {
    const host = newHost();
    const ca = Buffer.from('certificate');
    const first = resumptionOf({}, host, PORT, { ca });
    expect(other(host, ca)).not.toBe(first);
    expect(resumptionOf({}, host, PORT, { ca })).toBe(first);
  });

  it.each(['key', 'passphrase', 'pfx', 'pskCallback', 'secureContext'])(
    'is found with a %s only by the same options object, and while nothing within is changed',
    (name) => {
      const host = newHost();
      const options = {};
      const tls = { [name]: 'secret' };
      const first = resumptionOf(options, host, PORT, tls);
      expect(resumptionOf(options, host, PORT, { ...tls })).toBe(first);
      expect(resumptionOf({}, host, PORT, tls)).not.toBe(first);
      expect(resumptionOf(options, host, PORT, { ...tls, cert: 'certificate' })).not.toBe(first);
    },
  );

  it('is forgotten where a hundred other servers were connected to since', () => {
    const [host, other] = [newHost(), newHost()];
    const [first, forgotten] = [resumptionOf({}, host, PORT, {}), resumptionOf({}, other, PORT, {})];
    for (let count = 0; count < 99; count++) {
      resumptionOf({}, newHost(), PORT, {});
      expect(resumptionOf({}, host, PORT, {})).toBe(first);
    }
    expect(resumptionOf({}, other, PORT, {})).not.toBe(forgotten);
  });
});
