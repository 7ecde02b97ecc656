import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '../support/needs';
import { ROOT } from '../support/platform';
import { findPrometheus, type PrometheusPrograms } from '../support/prometheus';

const FOLDER = join(ROOT, 'deploy', 'prometheus');
const filesIn = (name: string): string[] =>
  readdirSync(join(FOLDER, name))
    .filter((file) => file.endsWith('.yaml'))
    .sort();

let programs: PrometheusPrograms;

needs('Prometheus', () => {
  programs = findPrometheus();
})('the rules of deploy/prometheus', () => {
  const promtool = (...args: string[]) => spawnSync(programs.promtool, args, { cwd: FOLDER, encoding: 'utf8' });

  it('are rules to Prometheus, and its settings for a single host are settings', () => {
    const { status, stdout, stderr } = promtool('check', 'config', 'single-host.yaml');
    expect({ status, stderr, stdout }).toMatchObject({ status: 0 });
    for (const file of filesIn('rules')) expect(stdout).toContain(`rules/${file}`);
  });

  it.each(filesIn('tests'))('fire when they should and are silent when they should not: %s', (file) => {
    const { status, stdout, stderr } = promtool('test', 'rules', join('tests', file));
    expect({ status, stderr, stdout }).toMatchObject({ status: 0 });
  });
});
