import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MAX_ANSWER_BYTES = 256 * 2 ** 20;

/** Runs the npm that runs us, or the one in PATH; gives back what it said and how it ended. */
export function npm(...args) {
  const self = process.env.npm_execpath;
  const [command, first] = self === undefined ? ['npm', []] : [process.execPath, [self]];
  const options = { cwd: ROOT, encoding: 'utf8', maxBuffer: MAX_ANSWER_BYTES };
  const { status, stdout, stderr, error } = spawnSync(command, [...first, ...args], options);
  return { status, stdout: stdout ?? '', stderr: error?.message ?? stderr ?? '' };
}

/**
 * What a production install has, of every platform, as CycloneDX. From the lockfile: it says the same on every machine.
 *
 * @throws Error with what npm said
 */
export function billOfMaterials() {
  const args = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
    '--omit',
    'dev',
    '--package-lock-only',
  ];
  const { status, stdout, stderr } = npm(...args);
  if (status !== 0) throw new Error(`npm sbom failed: ${stderr.trim()}`);
  return JSON.parse(stdout);
}
