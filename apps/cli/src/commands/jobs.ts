import { Command } from 'commander';
import { cancelCommand } from './jobs/cancel';
import { listCommand } from './jobs/list';
import { showCommand } from './jobs/show';

export function jobsCommand(): Command {
  return (
    new Command('jobs')
      .description('what was asked of models, by whatever door: what runs, what ended and how; and ending a job')
      .addHelpText(
        'after',
        `
Every accepted request stands here, also those whose callers wait for the answer; only jobs can be cancelled (POST /v1/jobs, or a
request with "Prefer: respond-async").

Examples:
  medserve jobs                                 the newest
  medserve jobs list --state running            what is being worked on now, at all gateways
  medserve jobs list --state failed --json      what went wrong, for a script
  medserve jobs show 0197f0a0-...               how far a job is, or what it ended in
  medserve jobs cancel 0197f0a0-...             end it before it has an answer`,
      )
      // What follows without a word is the list.
      .addCommand(listCommand(), { isDefault: true })
      .addCommand(showCommand())
      .addCommand(cancelCommand())
  );
}
