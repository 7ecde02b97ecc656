import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../apps/gateway/src/openapi/document';

const SOURCES = join(__dirname, '../../apps/console/src');

/** Paths of the platform as they stand in the sources of the page: string literals, and templates with a place for each value. */
const PATH =
  /'(\/(?:v1|v2|livez|readyz|fhir|dicom-web|openai|oauth)\b[^'\n]*)'|`(\/(?:v1|v2|fhir|dicom-web|openai)\b[^`]*)`/g;
/** Of texts and of recipes, which are for readers and not called. */
const NOT_CALLED = /\.spec\.tsx?$|messages\.ts$|\/recipes\//;

interface Mention {
  readonly file: string;
  readonly path: string;
}

const calledPaths = (): readonly Mention[] =>
  readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !NOT_CALLED.test(`/${file}`))
    .flatMap((file) =>
      [...readFileSync(join(SOURCES, file), 'utf8').matchAll(PATH)].map(([, written, template]) => ({
        file,
        path: written ?? template ?? '',
      })),
    );

/** `/v1/jobs/{id}` as one that fits it: a value of a template fits any place, a path that ends with `/` what stands below it. */
function isDescribed(path: string, described: readonly string[]): boolean {
  const [bare = ''] = path.replaceAll(/\$\{[^}]*\}/g, '{}').split('?');
  const parts = bare.split('/');
  return described.some((known) => {
    const places = known.split('/');
    const isBelow = parts.at(-1) === '' && places.length >= parts.length;
    if (!isBelow && places.length !== parts.length) return false;
    return parts.every((part, at) => {
      const place = places[at] ?? '';
      return (isBelow && at === parts.length - 1) || part === place || part.includes('{}') || place.startsWith('{');
    });
  });
}

describe('what the page of the console does', () => {
  const described = Object.keys(openApiDocument.paths);

  it('is told by paths that are found in its sources', () => {
    const paths = calledPaths().map(({ path }) => path);
    for (const path of ['/v1/me', '/v1/audit/search', '/v1/models', '/v2/models/stats', '/v1/audit/log/'])
      expect(paths).toContain(path);
    expect(isDescribed('/v1/nothing-of-the-kind', described)).toBe(false);
  });

  it('can be done by everybody: every path that it calls stands in the OpenAPI document', () => {
    expect(calledPaths().filter(({ path }) => !isDescribed(path, described))).toEqual([]);
  });
});
