import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';
import type { Job } from './job';

export const cancelCommand = (): Command =>
  new Command('cancel')
    .description('end jobs before they have an answer; what has ended stays as it is')
    .argument('<id...>', 'of the jobs')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(cancel);

/** One after another; what is refused is told, and the rest is done all the same. The exit status is 1 then. */
async function cancel(ids: readonly string[], { json, ...target }: Target & { readonly json: boolean }): Promise<void> {
  const platform = new Platform(target);
  const done: Job[] = [];
  for (const id of ids) {
    try {
      done.push(await platform.json<Job>(`/v1/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST' }));
    } catch (error) {
      if (ids.length === 1) throw error;
      process.stderr.write(`${id}: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  }
  const lines = done.map(({ id, state }) => `${id}  ${state}${state === 'running' ? ', ends in a moment' : ''}`);
  process.stdout.write(json ? `${JSON.stringify(done)}\n` : `${lines.join('\n')}\n`);
}
