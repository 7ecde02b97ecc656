import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@medserve/errors';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { routeSchema, type Route } from './route-schema';

const MOST_BYTES = 65_536;
const MOST_ROUTES = 200;

/** Routes that cannot be gone by; the message names every mistake by file, line and field, for whoever wrote them. */
export class RouteFileError extends ConfigurationError {}

/** Where a member stands; where it is missing, what it is missing in. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

const fieldOf = (path: readonly PropertyKey[]): string => path.map(String).join('.') || 'the route';

/** A word that is none is told where it stands, and not where it was looked for. */
const spread = (issue: z.core.$ZodIssue): z.core.$ZodIssue[] =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ ...issue, path: [...issue.path, key], message: 'is no word of a route file' }))
    : [issue];

/** @param file its name, for what is wrong with it. @throws RouteFileError */
export function parseRoute(text: string, file: string): Route {
  if (text.length > MOST_BYTES)
    throw new RouteFileError(`${file}: a route file has at most ${String(MOST_BYTES)} characters`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors.length > 0) {
    const words = document.errors.map(
      ({ pos, code }) => `${file}:${String(lines.linePos(pos[0]).line)}: is not YAML (${code})`,
    );
    throw new RouteFileError(words.join('\n'));
  }
  const read = routeSchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (read.success) return read.data;
  const words = read.error.issues
    .flatMap(spread)
    .map(({ path, message }) => `${file}:${String(lineOf(document, lines, path))}: ${fieldOf(path)}: ${message}`);
  throw new RouteFileError(words.join('\n'));
}

/** Every `*.yaml` of some folders, in the order of the folders and of the names in them. @throws RouteFileError with all mistakes */
export async function loadRoutes(folders: readonly string[]): Promise<readonly Route[]> {
  const routes = new Map<string, { readonly route: Route; readonly file: string }>();
  const mistakes: string[] = [];
  for (const file of (await Promise.all(folders.map(filesOf))).flat()) {
    try {
      const route = parseRoute(await readFile(file, 'utf8'), file);
      const before = routes.get(route.name);
      if (before === undefined) routes.set(route.name, { route, file });
      else mistakes.push(`${file}: name: ${before.file} has a route of the name ${route.name}, too`);
    } catch (error) {
      if (!(error instanceof RouteFileError)) throw error;
      mistakes.push(error.message);
    }
  }
  if (routes.size > MOST_ROUTES) mistakes.push(`there are more than ${String(MOST_ROUTES)} routes`);
  if (mistakes.length > 0) throw new RouteFileError(mistakes.join('\n'));
  return [...routes.values()].map(({ route }) => route);
}

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw new RouteFileError(`the folder of routes cannot be read: ${(error as Error).message}`);
  });
  return names
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
