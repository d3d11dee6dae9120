/** The TypeScript compiler, asked as `npm run typecheck` asks it. */
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const repository = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** What the compiler has against these files, by path; the text of some may be given instead of being on the disk. */
export function complaints(
  paths: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
  overrides: ts.CompilerOptions = {},
): string[] {
  const { config } = ts.readConfigFile(join(repository, 'tsconfig.json'), ts.sys.readFile);
  const { options: usual, errors } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    ts.sys,
    repository,
  );
  // An empty list of files is what was asked for.
  const mistakes = errors.filter(({ code }) => code !== 18002);
  const options = { ...usual, ...overrides, noEmit: true };
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.readFile = (path) => texts.get(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version, true);
  };
  const program = ts.createProgram([...paths], options, host);
  const own = new Set(paths);
  const found = [
    ...program.getSyntacticDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ];
  return [...mistakes, ...found.filter(({ file }) => file === undefined || own.has(file.fileName))].map(describe);
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, ' ');
  if (file === undefined || start === undefined) return text;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${relative(repository, file.fileName)}:${line + 1} ${text}`;
}
