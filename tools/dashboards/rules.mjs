// The rules and the tests of deploy/prometheus as they are written.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../real/cache.mjs';

const PROMETHEUS = join(ROOT, 'deploy', 'prometheus');
export const RUNBOOKS = join(ROOT, 'docs', 'runbooks');

const yamlUnder = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({ name, content: parse(readFileSync(join(folder, name), 'utf8')) }));

/** Every rule, in the order in which later ones may use earlier ones: what is recorded, then the alerts. */
export const readRules = () => {
  const all = yamlUnder(join(PROMETHEUS, 'rules')).flatMap(({ name, content }) =>
    content.groups.flatMap(({ rules }) => rules.map((rule) => ({ file: name, ...rule }))),
  );
  return {
    recorded: all.filter(({ record }) => record !== undefined),
    alerts: all.filter(({ alert }) => alert !== undefined),
  };
};

/** For each alert, whether a test sees it fire and whether one sees it silent. */
export function readTests() {
  const seen = new Map();
  for (const { content } of yamlUnder(join(PROMETHEUS, 'tests')))
    for (const { alert_rule_test: cases = [] } of content.tests)
      for (const { alertname, exp_alerts: expected = [] } of cases) {
        const soFar = seen.get(alertname) ?? { fires: false, silent: false };
        seen.set(alertname, {
          fires: soFar.fires || expected.length > 0,
          silent: soFar.silent || expected.length === 0,
        });
      }
  return seen;
}

/** Names of the alerts that have a page, and the text of each. */
export const readRunbooks = () =>
  new Map(
    readdirSync(RUNBOOKS)
      .filter((name) => name.endsWith('.md') && name !== 'README.md')
      .map((name) => [name.slice(0, -3), readFileSync(join(RUNBOOKS, name), 'utf8')]),
  );
