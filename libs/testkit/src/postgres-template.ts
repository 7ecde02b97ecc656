import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { migrate, startEmbeddedPostgres, withConnection } from '@medserve/storage';

/** The database with the current schema, in each copy of the template: others are made of it, and nobody connects to it. */
export const TEMPLATE_DATABASE = 'template_medserve';

async function makeTemplate(dir: string): Promise<void> {
  const server = await startEmbeddedPostgres({ dir, fsync: false });
  await withConnection(server.url, (sql) => sql.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`));
  const target = new URL(server.url);
  target.pathname = `/${TEMPLATE_DATABASE}`;
  await migrate(target.href);
  await server.stop();
}

/** The template of this run of the tests, made by the first file that asks; when two ask at once, one's is kept. */
async function templateIn(run: string): Promise<string> {
  const template = join(run, 'postgres');
  if (existsSync(template)) return template;
  const scratch = mkdtempSync(join(run, 'postgres-'));
  await makeTemplate(scratch);
  try {
    renameSync(scratch, template);
  } catch (error) {
    if (!existsSync(template)) throw error;
    rmSync(scratch, { recursive: true });
  }
  return template;
}

/**
 * Puts a stopped server into `dir`, an empty folder, that has TEMPLATE_DATABASE: a tenth of the time that initdb and the migrations take.
 *
 * @returns false, and does nothing, where the files of a run share no folder (tools/jest-run-begins.cjs)
 */
export async function copyTemplate(dir: string): Promise<boolean> {
  const run = process.env['MEDSERVE_TEST_RUN_DIR'];
  if (run === undefined || process.platform === 'win32') return false;
  // Unlike Node's own copy it keeps whose the files are, and the server insists on that.
  await promisify(execFile)('cp', ['-a', `${await templateIn(run)}/.`, dir]);
  return true;
}
