import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Which folders a layer may import from, itself beside them; errors.ts every layer may. */
const ARROWS: Record<string, { values: string[]; types?: string[] }> = {
  wire: { values: [] },
  mime: { values: [] },
  auth: { values: [] },
  syntax: { values: ['wire', 'mime'] },
  session: { values: ['wire', 'syntax'], types: ['auth'] },
  commands: { values: ['wire', 'syntax', 'session', 'mime'], types: ['auth'] },
  operations: {
    values: ['wire', 'syntax', 'session', 'commands', 'mime'],
    types: ['imap-client.ts', 'mailbox-handle.ts'],
  },
  net: { values: [], types: ['session/output.ts', 'auth'] },
  // Shares nothing with the client: what both had wrong, no test would find.
  testing: { values: [] },
  // What stands in src/ itself; only what opens a connection knows sockets.
  '': { values: ['wire', 'syntax', 'session', 'commands', 'operations', 'mime', 'auth'] },
};
const KNOW_SOCKETS = ['settings.ts', 'opening.ts', 'connected.ts'];
const SOCKET_MODULES = ['node:net', 'node:tls'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function importsOf(path: string, text: string): Import[] {
  const imports: Import[] = [];
  const add = (to: ts.Node, typeOnly: boolean) => {
    if (ts.isStringLiteralLike(to)) imports.push({ from: path, to: resolve(path, to.text), typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, isTypeOnly(node));
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isCallExpression(node) && isLoading(node.expression) && node.arguments[0])
      add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return imports;
}

/** Every identifier in a file; comments and strings hold none. */
function names(path: string, text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) found.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

/** True where nothing is left at run time: `import type {…}`, `export type {…}`, or each name in the braces a type. */
function isTypeOnly(clause: ts.ImportClause | ts.ExportDeclaration | undefined): boolean {
  if (clause === undefined) return false;
  if (ts.isExportDeclaration(clause)) return clause.isTypeOnly || allTypes(clause.exportClause);
  return clause.isTypeOnly || (clause.name === undefined && allTypes(clause.namedBindings));
}

function allTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (bindings === undefined || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly);
}

function isLoading(expression: ts.Expression): boolean {
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === 'require')
  );
}

/** A file's path within src, or the module's name as it stands. */
function resolve(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}

/** What is wrong with an import, if anything. */
function fault({ from, to, typeOnly }: Import): string | undefined {
  const said = `${from} imports ${to}`;
  if (!to.endsWith('.ts')) {
    if (typeOnly) return undefined;
    if (!SOCKET_MODULES.includes(to)) return `${said}: only node:net and node:tls may be`;
    return ['net', 'testing'].includes(layerOf(from)) ? undefined : `${said}: sockets belong to net/`;
  }
  const own = layerOf(from);
  const other = layerOf(to);
  if (own === other || to === 'errors.ts') return undefined;
  const rule = ARROWS[own];
  if (rule === undefined) return `${from}: no such layer`;
  if (rule.values.includes(other)) return undefined;
  if (typeOnly && rule.types?.some((name) => name === other || name === to)) return undefined;
  if (KNOW_SOCKETS.includes(from) && other === 'net') return undefined;
  return `${said}${typeOnly ? ' (types)' : ''}: not to its left`;
}

function layerOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : '';
}

const src = join(dirname(fileURLToPath(import.meta.url)), '../../src');
const files = readdirSync(src, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => relative(src, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .map((path) => ({ path, text: readFileSync(join(src, path), 'utf8') }));
const imports = files.flatMap(({ path, text }) => importsOf(path, text));

describe('the layers of src/', () => {
  it('are all there, and no others', () => {
    expect([...new Set(files.map(({ path }) => layerOf(path)))].sort()).toEqual(Object.keys(ARROWS).sort());
  });

  it('import only what lies to their left, no package, and no Node module but node:net and node:tls', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.map(fault).filter((found) => found !== undefined)).toEqual([]);
  });

  it('never write to the console', () => {
    expect(files.filter(({ path, text }) => names(path, text).has('console')).map(({ path }) => path)).toEqual([]);
  });

  it('are re-exported by index.ts, which holds nothing of its own', () => {
    const index = files.find(({ path }) => path === 'index.ts');
    const statements = ts.createSourceFile('index.ts', index?.text ?? '', ts.ScriptTarget.Latest, true).statements;
    expect(statements.length).toBeGreaterThan(10);
    expect(statements.filter((statement) => !(ts.isExportDeclaration(statement) && statement.moduleSpecifier))).toEqual(
      [],
    );
  });
});

describe('the rule', () => {
  const check = (path: string, text: string) => importsOf(path, text).map(fault);

  it.each([
    ['wire/reader.ts', `import { x } from '../syntax/flag.ts';`],
    ['wire/reader.ts', `import type { X } from '../syntax/flag.ts';`],
    ['syntax/flag.ts', `import { x } from '../session/session.ts';`],
    ['session/session.ts', `export { x } from '../commands/noop.ts';`],
    ['commands/noop.ts', `import { x } from '../client.ts';`],
    ['commands/noop.ts', `import { x } from '../auth/plain.ts';`],
    ['mime/date.ts', `import { x } from '../wire/chars.ts';`],
    ['net/socket.ts', `import { x } from '../session/output.ts';`],
    ['net/socket.ts', `import { type X, y } from '../session/output.ts';`],
    ['net/socket.ts', `import type { X } from '../session/session.ts';`],
    ['client.ts', `import { x } from './testing/index.ts';`],
    ['client.ts', `import { x } from './net/socket.ts';`],
    ['testing/server.ts', `import { x } from '../wire/framer.ts';`],
    ['client.ts', `import { x } from 'node:net';`],
    ['net/socket.ts', `import fs from 'node:fs';`],
    ['wire/reader.ts', `import { Buffer } from 'node:buffer';`],
    ['wire/reader.ts', `const x = await import('node:fs');`],
    ['wire/reader.ts', `const x = require('left-pad');`],
    ['wire/reader.ts', `import 'left-pad';`],
  ])('refuses in %s: %s', (path, text) => {
    expect(check(path, text)).toEqual([expect.stringContaining(`${path} imports `)]);
  });

  it.each([
    ['syntax/flag.ts', `import { x } from '../wire/reader.ts';`],
    ['commands/noop.ts', `import type { X } from '../auth/mechanism.ts';`],
    ['net/socket.ts', `import { type X } from '../session/output.ts';`],
    ['net/socket.ts', `import tls from 'node:tls';`],
    ['opening.ts', `import { x } from './net/socket.ts'; import type { Duplex } from 'node:stream';`],
    ['auth/plain.ts', `import { x } from '../errors.ts';`],
    ['testing/server.ts', `import { createServer } from 'node:net'; import { x } from './store.ts';`],
  ])('allows in %s: %s', (path, text) => {
    expect(check(path, text).filter((found) => found !== undefined)).toEqual([]);
  });
});
