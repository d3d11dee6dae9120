/** Where test/server/install.sh puts things. */
import { existsSync, readdirSync } from 'node:fs';

const CACHE = process.env.IMAPWIRE_SERVERS ?? '/var/cache/imapwire-servers';

/** The root under which `probe` lies: of the unpacked package, or '' (the machine itself) where it is not unpacked. */
export function unpackedRoot(name: string, probe: string): string {
  const root = `${CACHE}/${name}`;
  return existsSync(root + probe) ? root : '';
}

/** The path of a shared library in the machine's own folder (/usr/lib/x86_64-linux-gnu or the like). */
export function sharedLibrary(name: string): string | undefined {
  for (const entry of readdirSync('/usr/lib')) {
    const path = `/usr/lib/${entry}/${name}`;
    if (entry.includes('-linux-') && existsSync(path)) return path;
  }
  return undefined;
}
