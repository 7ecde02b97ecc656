import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly percent?: number;
  readonly phase?: string;
  readonly problem?: { readonly detail?: string; readonly code?: string; readonly remedy?: string };
}

export const showCommand = (): Command =>
  new Command('show')
    .description('how far a job is; once it has ended, what it ended in')
    .argument('<id>', 'of the job, as it was given')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(show);

async function show(id: string, { json, ...target }: Target & { readonly json: boolean }): Promise<void> {
  const job = await new Platform(target).json<Shown>(`/v1/jobs/${encodeURIComponent(id)}`);
  process.stdout.write(`${json ? JSON.stringify(job) : describeJob(job)}\n`);
}

/** Exported for its test. */
export function describeJob({ id, status, percent, phase, problem }: Shown): string {
  const far = status === 'running' ? `  ${String(percent ?? 0)} % ${phase ?? ''}`.trimEnd() : '';
  if (problem !== undefined) {
    const remedy = problem.remedy === undefined ? '' : `\nWhat to do: ${problem.remedy}`;
    return `${id}  ${status}\n${problem.detail ?? ''} (${problem.code ?? ''})${remedy}`;
  }
  const answer = status === 'completed' ? `\nThe answer: GET /v1/results/${id}, or --json here` : '';
  return `${id}  ${status}${far}${answer}`;
}
