import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { COMMAND } from './platform.mjs';

const run = promisify(execFile);
const PUBLISH_WITHIN_MS = 120_000;

/**
 * Publishes each model under its name with a "p-" in front, as `medserve models publish` does it; gives back the models as they
 * are served then. Where this build has no such command, none, and `notes` say so.
 */
export async function publish({ sources, repository, context, notes }) {
  const published = [];
  for (const [index, { name, file, inputs }] of sources.entries()) {
    context.say(`publishing ${index + 1} of ${sources.length}`);
    const words = ['models', 'publish', file, '--into', repository, '--name', `p-${name}`, '--no-profile'];
    try {
      await run(process.execPath, [COMMAND, ...words], { timeout: PUBLISH_WITHIN_MS });
    } catch (error) {
      const said = String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(0);
      notes.push(`Not offered by this build: medserve models publish (${said})`);
      return [];
    }
    published.push({ name: `p-${name}`, inputs });
  }
  return published;
}
