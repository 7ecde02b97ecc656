import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS } from '@medserve/runtime';
import * as ts from 'typescript';
import { ROOT } from '../support/platform';

const LEVELS = new Set(['debug', 'info', 'warn', 'error']);

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (['node_modules', 'dist', 'generated'].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.ts$/.test(entry.name) && !/\.spec\.ts$/.test(entry.name)) yield path;
  }
}

interface LogCall {
  readonly place: string;
  /** The text of the message; undefined where it is not a literal. */
  readonly message: string | undefined;
  /** Names of the members that the call spells out. */
  readonly fields: readonly string[];
}

/** The calls `logger.warn(...)` and the like of a source, wherever the logger is a member. */
function logCalls(name: string, text: string): LogCall[] {
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  const found: LogCall[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isLogging(node.expression)) {
      const [message, fields] = node.arguments;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({
        place: `${name}:${String(line + 1)}`,
        message: message !== undefined && ts.isStringLiteralLike(message) ? message.text : undefined,
        fields: fields !== undefined && ts.isObjectLiteralExpression(fields) ? fields.properties.flatMap(nameOf) : [],
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const isLogging = (called: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(called) &&
  LEVELS.has(called.name.text) &&
  /(^|\.)logger$/.test(called.expression.getText());

const nameOf = (member: ts.ObjectLiteralElementLike): string[] =>
  member.name !== undefined && (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name))
    ? [member.name.text]
    : [];

const all = ['libs', 'apps'].flatMap((group) =>
  [...sources(join(ROOT, group))].flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    return text.includes('logger') ? logCalls(path.slice(ROOT.length + 1), text) : [];
  }),
);

/** A message that is handed down: its literals are at the caller's. */
const HANDED_DOWN = /^(apps\/recorder\/src\/duties\.ts|libs\/runtime\/src\/telemetry\/)/;

describe('what the source logs', () => {
  it('is found', () => {
    const [call] = logCalls('x.ts', "this.parts.logger.warn('text', { error, model: 'm', ...more });");
    expect(call).toEqual({ place: 'x.ts:1', message: 'text', fields: ['error', 'model'] });
    expect(logCalls('x.ts', 'logger.info(`about ${name}`);')).toMatchObject([{ message: undefined }]);
    expect(all.length).toBeGreaterThan(20);
  });

  it('are fields that are declared', () => {
    const declared = new Set([...Object.keys(FIELDS), 'error']);
    const strangers = all.flatMap(({ place, fields }) =>
      fields.filter((field) => !declared.has(field)).map((field) => `${place} ${field}`),
    );
    expect(strangers).toEqual([]);
  });

  it('are messages that never change', () => {
    const changing = all.filter(({ place, message }) => message === undefined && !HANDED_DOWN.test(place));
    expect(changing.map(({ place }) => place)).toEqual([]);
  });
});
