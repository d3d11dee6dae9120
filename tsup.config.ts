import { defineConfig, type Options } from 'tsup';

/**
 * In CommonJS parts and node's modules are loaded with require(): before an import() node searches parts for their exports, which
 * takes longer than running them, and where a program runs in a context of its own, as in Jest, there is no import().
 */
const requiredParts: NonNullable<Options['plugins']>[number] = {
  name: 'required-parts',
  renderChunk(code) {
    if (this.format !== 'cjs') return undefined;
    return {
      code: code.replace(
        /\bimport\((["'](?:\.\/[\w-]+\.cjs|(?:node:)?(?:net|tls))["'])\)/g,
        'Promise.resolve().then(()=>require($1))',
      ),
    };
  },
};

export default defineConfig({
  // They share no code: the testing server judges the client, and is not to err as it does.
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  target: 'node20',
  // TypeScript 6 loads types that nobody names only where it is told to: Buffer was any.
  dts: { banner: '/// <reference types="node" />' },
  clean: true,
  // src/connected.ts is loaded when a connection is opened; what it shares with index is the file "chunk".
  splitting: true,
  treeshake: true,
  plugins: [requiredParts],
  // Names stay, for stack traces and profiles; what only costs time to load goes.
  esbuildOptions: (options) => {
    options.chunkNames = '[name]';
    options.minifyWhitespace = true;
    options.minifySyntax = true;
    // node prints the whole line that an error comes from, where nobody catches it.
    options.lineLimit = 250;
  },
});
