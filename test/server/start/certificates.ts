/** An authority for one server, and what it signs. */
import { appendFile, chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './processes.ts';
import type { KeyPair } from './real-server.ts';

export interface Certificates {
  readonly ca: string;
  readonly clientCert: KeyPair;
  /** Where they lie, for configuration files: ca.pem, cert.pem, key.pem, and both.pem (certificate, then key). */
  readonly dir: string;
}

const NEW_KEY = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];

export async function makeCertificates(dir: string): Promise<Certificates> {
  const at = (name: string) => join(dir, name);
  await mkdir(dir);
  const request = (subject: string, cert: string, key: string, extensions: string[], signed: boolean) =>
    run('openssl', [
      ...NEW_KEY,
      ...['-subj', subject, '-out', at(cert), '-keyout', at(key)],
      ...extensions.flatMap((extension) => ['-addext', extension]),
      ...(signed ? ['-CA', at('ca.pem'), '-CAkey', at('ca.key')] : []),
    ]);
  await request('/CN=imapwire test authority', 'ca.pem', 'ca.key', ['keyUsage=critical,keyCertSign,cRLSign'], false);
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2,IP:::1';
  const leaf = 'basicConstraints=critical,CA:FALSE';
  await Promise.all([
    request('/CN=localhost', 'cert.pem', 'key.pem', [names, leaf, 'extendedKeyUsage=serverAuth'], true),
    request('/CN=user1', 'client.pem', 'client.key', [leaf, 'extendedKeyUsage=clientAuth'], true),
  ]);
  await copyFile(at('cert.pem'), at('both.pem'));
  await appendFile(at('both.pem'), await readFile(at('key.pem')));
  await chmod(at('both.pem'), 0o600);
  const text = (name: string) => readFile(at(name), 'utf8');
  return {
    ca: await text('ca.pem'),
    clientCert: { cert: await text('client.pem'), key: await text('client.key') },
    dir,
  };
}
