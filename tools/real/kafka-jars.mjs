// Apache Kafka as Maven serves it: the jars of pom.xml, copied once into <cache>/kafka/<hash of pom.xml>/libs.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder, ROOT } from './cache.mjs';
import { MissingToolError } from './missing-tool.mjs';

const POM = join(ROOT, 'tools', 'real', 'pom.xml');
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const OLDEST_JAVA = 17;
const SAY_EVERY_MS = 3_000;

/** What `java -version` says, whole: an archive of classes fits one build only. */
function javaVersion() {
  const { stderr, error } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0);
  if (error !== undefined || major < OLDEST_JAVA) {
    const found = error === undefined ? `Java ${major} is here` : 'no "java" is on the PATH';
    throw new MissingToolError(
      `Apache Kafka needs Java ${OLDEST_JAVA} or newer; ${found}. On Debian: apt-get install openjdk-17-jre-headless`,
    );
  }
  return stderr;
}

function requireMaven() {
  if (spawnSync('mvn', ['-version'], { stdio: 'ignore' }).error === undefined) return;
  throw new MissingToolError(
    'Apache Kafka is fetched by Maven, and no "mvn" is on the PATH. On Debian: apt-get install maven',
  );
}

async function copyJars(folder, say) {
  requireMaven();
  const scratch = `${folder}.${process.pid}`;
  mkdirSync(scratch, { recursive: true });
  // Maven writes beside the pom it reads.
  copyFileSync(POM, join(scratch, 'pom.xml'));
  say('kafka: Maven fetches Apache Kafka 4.4 (about 45 jars, 43 MB; once) ...');
  const mvn = spawn(
    'mvn',
    ['-B', '-ntp', COPY, `-DoutputDirectory=${join(scratch, 'libs')}`, '-DincludeScope=runtime'],
    {
      cwd: scratch,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const lines = [];
  for (const stream of [mvn.stdout, mvn.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 30) lines.shift();
    });
  }
  const beganAt = performance.now();
  const teller = setInterval(() => {
    const jars = existsSync(join(scratch, 'libs')) ? readdirSync(join(scratch, 'libs')).length : 0;
    say(`kafka: Maven at work for ${((performance.now() - beganAt) / 1000).toFixed(0)} s, ${jars} jars copied ...`);
  }, SAY_EVERY_MS);
  const code = await new Promise((resolve) => mvn.once('close', resolve));
  clearInterval(teller);
  if (code !== 0) {
    rmSync(scratch, { recursive: true, force: true });
    throw new Error(`Maven could not fetch Apache Kafka (status ${code}):\n${lines.join('\n')}`);
  }
  try {
    renameSync(scratch, folder);
  } catch (error) {
    // Another run was first.
    rmSync(scratch, { recursive: true, force: true });
    if (!existsSync(join(folder, 'libs'))) throw error;
  }
}

/**
 * The jars, fetched if they are not there yet.
 * @returns {Promise<{ classpath: string, archive: string }>} `archive`: where the archive of loaded classes belongs, which
 *   need not exist
 * @throws MissingToolError without Java or Maven
 */
export async function ensureKafka(say) {
  const java = javaVersion();
  const folder = join(cacheFolder(), 'kafka', sha256(readFileSync(POM)).slice(0, 16));
  if (!existsSync(join(folder, 'libs'))) await copyJars(folder, say);
  // The class path in one fixed order: an archive is bound to it.
  const jars = readdirSync(join(folder, 'libs'))
    .filter((name) => name.endsWith('.jar'))
    .sort();
  return {
    classpath: jars.map((name) => join(folder, 'libs', name)).join(':'),
    archive: join(folder, `classes-${sha256(java).slice(0, 8)}.jsa`),
  };
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
