/**
 * Whether the names of a JSON object are unique, which RFC 7519 (section 4) and RFC 7515 (section 4) ask for: of two equal
 * ones, parsers differ in which they believe. Looks at the outermost object; its text has to be valid JSON.
 */
export function hasUniqueNames(json: string): boolean {
  const names = new Set<string>();
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"\s*:?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      if (names.has(name)) return false;
      names.add(name);
    }
  }
  return true;
}
