// What deploy/k8s is rendered from, read from the tree: the fleet, packages without weights, rules of alerts, dashboards.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { parse, stringify } from 'yaml';

const require = createRequire(import.meta.url);

function* filesUnder(folder, ending) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((one, other) =>
    one.name < other.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path, ending);
    else if (ending.test(entry.name)) yield path;
  }
}

/** Files of rules, without their tests. */
function rulesUnder(folder) {
  return new Map(
    [...filesUnder(folder, /\.ya?ml$/)].flatMap((path) => {
      const content = parse(readFileSync(path, 'utf8'));
      return Array.isArray(content?.groups)
        ? [[relative(folder, path).replaceAll('/', '-'), { groups: content.groups }]]
        : [];
    }),
  );
}

/** A dashboard is a JSON with panels; other JSON files beside them are none. */
const dashboardsUnder = (folder) =>
  [...filesUnder(folder, /\.json$/)]
    .filter((path) => Array.isArray(JSON.parse(readFileSync(path, 'utf8')).panels))
    .map((path) => relative(dirname(folder), path));

/** A ConfigMap has no folders: there a catalogue lies beside the fleet file. */
const mounted = (pool) => (pool.catalogue === undefined ? pool : { ...pool, catalogue: basename(pool.catalogue) });

/** @param {string} root the project's root, its dist/ up to date */
export function readSources(root) {
  const { parseFleet } = require(join(root, 'libs/fleet/dist/index.js'));
  const k8s = join(root, 'deploy/k8s');
  const text = readFileSync(join(k8s, 'fleet.yaml'), 'utf8');
  const catalogues = new Map(
    [...filesUnder(join(k8s, 'catalogue'), /\.json$/)].map((path) => [
      relative(join(k8s, 'catalogue'), path).replace(/\.json$/, ''),
      readFileSync(path, 'utf8'),
    ]),
  );
  const written = parse(text);
  return {
    pools: parseFleet(text),
    fleetText: (names) =>
      stringify(
        { ...written, pools: written.pools.filter(({ name }) => names.includes(name)).map(mounted) },
        { lineWidth: 0 },
      ),
    catalogues,
    packageText: (name, version) => readFileSync(join(k8s, 'packages', name, version, 'model.yaml'), 'utf8'),
    rules: rulesUnder(join(root, 'deploy/prometheus/rules')),
    dashboards: dashboardsUnder(join(root, 'deploy/grafana/dashboards')),
  };
}
