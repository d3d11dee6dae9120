import { defineConfig } from 'tsup';

export default defineConfig({
  // They share no code: the testing server judges the client, and is not to err as it does.
  entry: { index: 'src/index.ts', testing: 'src/testing/index.ts' },
  format: ['esm', 'cjs'],
  target: 'node20',
  dts: true,
  clean: true,
  splitting: false,
  treeshake: true,
  // Names stay, for stack traces and profiles; what only costs time to load goes.
  esbuildOptions: (options) => {
    options.minifyWhitespace = true;
    options.minifySyntax = true;
  },
});
