import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const own = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** The build that is measured: the package's own unless the environment names another, to compare the two. */
export const BUILD = pathToFileURL(resolve(process.env.IMAPWIRE_DIST ?? own));
export const built = () => existsSync(BUILD);
