import { CERTIFICATE } from '../unit/testing/certificate.ts';

/** TLS options that trust the tests' own certificate, and count how often it is verified: not where a session is resumed. */
export function countingVerifications() {
  const counted = {
    times: 0,
    tls: {
      ca: CERTIFICATE.cert,
      checkServerIdentity: () => {
        counted.times++;
        return undefined;
      },
    },
  };
  return counted;
}
