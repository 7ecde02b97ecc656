#!/usr/bin/env node
// `npm run exports:check`: what a file of ours exports, some other file imports, be it a test. A name that nobody imports is no part of
// what others build on, and looks as if it were. What generators write is theirs.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const SOURCE = /\.(?:[cm]?ts|tsx|[cm]?js)$/;
/** Whose exports are looked at; whatever is a source may import them. */
const CHECKED = /^(?:apps|libs|tests)\/.*(?<!\.d)\.tsx?$/;
const GENERATED = /\/generated\//;
const ALL = '*';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 2 ** 28,
});
const files = new Set(listed.split('\0').filter((file) => SOURCE.test(file) && existsSync(join(root, file))));

/** Where packages of ours are, by name. */
const packages = new Map(
  listed
    .split('\0')
    .filter((file) => /^(?:apps|libs)\/[^/]+\/package\.json$/.test(file))
    .map((file) => [JSON.parse(readFileSync(join(root, file), 'utf8')).name, dirname(file)]),
);

/** The source that is meant by what an import says; undefined: it is not ours. */
function sourceOf(from, words) {
  const place = words.startsWith('.') ? join(dirname(from), words) : inPackage(words);
  // What was built of a source stands for it.
  const stem = place?.replace(/\/dist\//, '/src/').replace(/\.[cm]?js$/, '');
  return [place, ...['.ts', '.tsx', '.mts', '/index.ts', '/index.tsx'].map((end) => `${stem}${end}`)].find((file) =>
    files.has(file),
  );
}

function inPackage(words) {
  const [scope, name, ...rest] = words.split('/');
  const folder = packages.get(`${scope}/${name}`);
  if (folder === undefined) return undefined;
  const { exports = {} } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const entry = exports[rest.length === 0 ? '.' : `./${rest.join('/')}`];
  const path = typeof entry === 'string' ? entry : entry?.['medserve-source'];
  return path === undefined ? undefined : join(folder, path);
}

const isTypeDeclaration = (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);

/** What a file exports, passes on and imports. */
function read(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** Exported name -> line, and where it comes from where it is not of this file. */
  const own = new Map();
  /** Files all of whose names are passed on. */
  const passed = [];
  /** `[file, name]`, of which something is done here. */
  const wanted = [];
  /** Local name -> `[file, name]`. */
  const imported = new Map();
  const lineOf = (node) => source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const put = (name, node, origin, isType = false) => own.set(name, { line: lineOf(node), origin, isType });

  function mentions(name) {
    let count = 0;
    const visit = (node) => {
      if (ts.isIdentifier(node) && node.text === name) count += 1;
      ts.forEachChild(node, visit);
    };
    visit(source);
    return count;
  }

  const namesOf = (pattern) =>
    ts.isIdentifier(pattern)
      ? [pattern]
      : pattern.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));

  function importOf(node) {
    const target = ts.isStringLiteral(node.moduleSpecifier) && sourceOf(file, node.moduleSpecifier.text);
    if (!target) return;
    const { name, namedBindings } = node.importClause ?? {};
    // What a module of Node's own kind imports of one in CommonJS is all of it.
    if (name && /\.mjs$/.test(file)) for (const used of membersOf(name.text)) wanted.push([target, used]);
    else if (name) imported.set(name.text, [target, 'default']);
    if (namedBindings && ts.isNamespaceImport(namedBindings)) {
      for (const used of membersOf(namedBindings.name.text)) wanted.push([target, used]);
    } else {
      for (const { name: local, propertyName } of namedBindings?.elements ?? [])
        imported.set(local.text, [target, (propertyName ?? local).text]);
    }
  }

  /** What is taken out of a namespace; all of it where it is handed on as it is. */
  function membersOf(namespace) {
    const found = new Set();
    const visit = (node) => {
      const { parent } = node;
      if (ts.isIdentifier(node) && node.text === namespace && parent.name !== node) {
        if (ts.isPropertyAccessExpression(parent) && parent.expression === node) found.add(parent.name.text);
        else if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name))
          for (const name of takenBy(parent.name)) found.add(name);
        else if (ts.isQualifiedName(parent) && parent.left === node) found.add(parent.right.text);
        else found.add(ALL);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  const takenBy = (pattern) =>
    pattern.elements.map((element) =>
      element.dotDotDotToken ? ALL : (element.propertyName ?? element.name).getText(source),
    );

  function exportOf(node) {
    const target = node.moduleSpecifier && sourceOf(file, node.moduleSpecifier.text);
    if (node.moduleSpecifier && !target) return;
    if (!node.exportClause) passed.push(target);
    else if (ts.isNamespaceExport(node.exportClause)) {
      put(node.exportClause.name.text, node, undefined);
      wanted.push([target, ALL]);
    } else {
      for (const element of node.exportClause.elements) {
        const name = (element.propertyName ?? element.name).text;
        put(
          element.name.text,
          element,
          target ? [target, name] : imported.get(name),
          node.isTypeOnly || element.isTypeOnly,
        );
      }
    }
  }

  /** `import('x')`, `require('x')`, and whatever is called with the place of something built: what is taken out of it, or all. */
  function loadOf(node) {
    const { expression, arguments: given } = node;
    const words = given[0] && ts.isStringLiteralLike(given[0]) ? given[0].text : '';
    const isLoad = expression.kind === ts.SyntaxKind.ImportKeyword || expression.getText(source) === 'require';
    const target = isLoad
      ? sourceOf(file, words)
      : /^(?:apps|libs)\/.*\/dist\//.test(words) && sourceOf('', `./${words}`);
    if (!target) return;
    let outer = node;
    while (ts.isAwaitExpression(outer.parent) || ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
    const { parent } = outer;
    const isNamed = ts.isVariableDeclaration(parent) && parent.initializer === outer;
    const taken =
      ts.isPropertyAccessExpression(parent) && parent.expression === outer
        ? [parent.name.text]
        : isNamed && ts.isObjectBindingPattern(parent.name)
          ? takenBy(parent.name)
          : isNamed && ts.isIdentifier(parent.name)
            ? membersOf(parent.name.text)
            : [ALL];
    for (const name of taken) wanted.push([target, name]);
  }

  for (const node of source.statements) {
    if (ts.isImportDeclaration(node)) importOf(node);
    const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : [];
    if (!modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) put('default', node);
    else if (ts.isVariableStatement(node)) {
      for (const { name } of node.declarationList.declarations) for (const one of namesOf(name)) put(one.text, one);
    } else if (node.name) put(node.name.text, node, undefined, isTypeDeclaration(node) && mentions(node.name.text) > 1);
  }
  for (const node of source.statements) {
    if (ts.isExportDeclaration(node)) exportOf(node);
    if (ts.isExportAssignment(node)) put('default', node);
  }
  const visit = (node) => {
    if (ts.isCallExpression(node)) loadOf(node);
    else if (ts.isImportTypeNode(node)) {
      const target = ts.isLiteralTypeNode(node.argument) && sourceOf(file, node.argument.literal.text);
      let first = node.qualifier;
      while (first && ts.isQualifiedName(first)) first = first.left;
      if (target) wanted.push([target, first?.text ?? ALL]);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const passedOn = new Set([...own.values()].flatMap(({ origin }) => (origin ? [origin.join(':')] : [])));
  // A name that is imported only to be passed on is used where it is imported from here.
  for (const origin of imported.values()) if (!passedOn.has(origin.join(':'))) wanted.push(origin);
  return { own, passed, wanted };
}

const sources = new Map([...files].map((file) => [file, read(file)]));
const used = new Set();

function use(file, name) {
  const key = `${file}:${name}`;
  const source = sources.get(file);
  if (source === undefined || used.has(key)) return;
  used.add(key);
  if (name === ALL) {
    for (const one of source.own.keys()) use(file, one);
    for (const other of source.passed) use(other, ALL);
    return;
  }
  const found = source.own.get(name);
  if (found?.origin) use(...found.origin);
  else if (!found) for (const other of source.passed) use(other, name);
}

for (const { wanted } of sources.values()) for (const [file, name] of wanted) use(file, name);

const problems = [...sources]
  .filter(([file]) => CHECKED.test(file) && !GENERATED.test(file))
  .flatMap(([file, { own }]) =>
    [...own]
      .filter(([name, { isType }]) => !isType && !used.has(`${file}:${name}`))
      .map(([name, { line }]) => `${file}:${String(line)}: nobody imports "${name}"`),
  );
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
