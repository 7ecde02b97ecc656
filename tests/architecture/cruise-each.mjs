// cruise-each.mjs CONFIG FOLDER...: the names of the rules that each tree breaks, as JSON, by one process: to start the tool takes longer
// than to read a tree of two files.
import { readdirSync } from 'node:fs';
import { cruise } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const [config, ...folders] = process.argv.slice(2);
const found = [];
for (const folder of folders) {
  process.chdir(folder);
  const options = await extractDepcruiseOptions(config);
  const roots = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && entry.name !== 'node_modules',
  );
  const { output } = await cruise(
    roots.map(({ name }) => name),
    { ...options, baseDir: folder },
    undefined,
    { tsConfig: extractTSConfig('tsconfig.json') },
  );
  found.push(output.summary.violations.map(({ rule }) => rule.name));
}
console.log(JSON.stringify(found));
