import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ROOT } from '../support/platform';

const HERE = join(__dirname, 'fhir');
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const INSTALL_MS = 300_000;
const VALIDATE_MS = 300_000;

export interface Finding {
  /** Of the resources that were given. */
  readonly index: number;
  readonly place: string;
  readonly text: string;
}

/** The validator of HAPI FHIR with the definitions of R4 and the profiles in `tests/real/fhir`. */
export class FhirValidator {
  private constructor(private readonly libraries: string) {}

  /** Fetches it into the cache, once. @returns why it cannot be had, where it cannot */
  static install(): FhirValidator | string {
    const pom = join(HERE, 'pom.xml');
    if (spawnSync('java', ['-version']).error !== undefined) return 'no "java" is on the PATH (17 or newer, a JDK)';
    const version = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 16);
    const folder = join(resolve(process.env['MEDSERVE_CACHE'] ?? join(ROOT, '.cache')), 'fhir', version);
    if (existsSync(join(folder, 'libs'))) return new FhirValidator(join(folder, 'libs'));
    if (spawnSync('mvn', ['-version']).error !== undefined) return 'no "mvn" is on the PATH';
    const scratch = `${folder}.${String(process.pid)}`;
    mkdirSync(scratch, { recursive: true });
    // Maven writes beside the pom it reads.
    copyFileSync(pom, join(scratch, 'pom.xml'));
    const words = ['-q', '-B', COPY, `-DoutputDirectory=${join(scratch, 'libs')}`, '-DincludeScope=runtime'];
    const { status, stdout } = spawnSync('mvn', words, { cwd: scratch, timeout: INSTALL_MS, encoding: 'utf8' });
    if (status !== 0) {
      rmSync(scratch, { recursive: true, force: true });
      return `Maven could not fetch the validator: ${stdout.trim().split('\n').at(-1) ?? ''}`;
    }
    renameSync(scratch, folder);
    return new FhirValidator(join(folder, 'libs'));
  }

  /** @returns the errors, of all resources in one run: a start takes ten seconds */
  errorsIn(resources: readonly object[]): Finding[] {
    const file = join(mkdtempSync(join(tmpdir(), 'medserve-fhir-')), 'resources.ndjson');
    writeFileSync(file, resources.map((resource) => JSON.stringify(resource)).join('\n'));
    const words = ['-cp', join(this.libraries, '*'), join(HERE, 'Validate.java'), HERE, file];
    const { stdout, stderr } = spawnSync('java', words, { encoding: 'utf8', timeout: VALIDATE_MS });
    const lines = stdout.trim().split('\n');
    if (lines.pop() !== `done\t${String(resources.length)}`) throw new Error(`the validator did not end: ${stderr}`);
    return lines.map((line) => {
      const [index, place = '', text = ''] = line.split('\t');
      return { index: Number(index), place, text };
    });
  }
}
