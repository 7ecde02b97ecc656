import { CLASSES } from '@medserve/serving';
import { Command, Option } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';
import { table } from '../../output/table';
import { span } from '../studies/study';
import { noteOf, type JobsPage } from './job';

const STATES = ['running', 'completed', 'failed', 'cancelled', 'abandoned'];

interface ListOptions extends Target {
  readonly json: boolean;
  readonly [filter: string]: string | boolean | undefined;
}

export const listCommand = (): Command =>
  new Command('list')
    .description('requests, the newest first')
    .addOption(new Option('--state <state>', 'how they stand').choices(STATES))
    .option('--task <task>', 'what was asked')
    .option('--model <name>', 'which model answered, or is expected to')
    .addOption(new Option('--class <class>', 'how urgent they are').choices(CLASSES))
    .option('--site <site>', 'site of who asked')
    .option('--from <time>', 'accepted then or later, such as 2026-11-25T08:00:00Z')
    .option('--to <time>', 'accepted before')
    .option('--limit <n>', 'how many, 1 to 500', '50')
    .option('--cursor <cursor>', 'where the page before ended, as it said')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(list);

async function list({ home, url, key, json, ...filters }: ListOptions): Promise<void> {
  const given = Object.entries(filters).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const path = `/v1/jobs?${new URLSearchParams(given).toString()}`;
  const target = { home, ...(url === undefined ? {} : { url }), ...(key === undefined ? {} : { key }) };
  const page = await new Platform(target).json<JobsPage>(path);
  process.stdout.write(`${json ? JSON.stringify(page) : describeJobs(page, Date.now())}\n`);
}

const HEADS = ['JOB', 'STATE', 'TASK', 'MODEL', 'CLASS', 'DOOR', 'SITE', 'AGE', 'TOOK', 'NOTE'];

/** Exported for its test. */
export function describeJobs({ running, jobs, next, lookedBackTo }: JobsPage, nowMs: number): string {
  const more = moreOf(next, lookedBackTo);
  if (jobs.length === 0 && next === null) return 'none: nothing is as asked for ("medserve infer FILE" asks a model)';
  if (jobs.length === 0) return `none so far${more}`;
  const rows = jobs.map((job) => [
    job.id,
    job.state,
    job.task ?? '',
    `${job.model ?? ''}${job.version === undefined ? '' : `:${job.version}`}`,
    job.class ?? '',
    job.door ?? '',
    job.site ?? '',
    span((nowMs - Date.parse(job.acceptedAt)) / 1_000),
    took(job.acceptedAt, job.endedAt),
    noteOf(job),
  ]);
  return `${table(HEADS, rows)}\n\n${String(running)} running${more}`;
}

function moreOf(next: string | null, lookedBackTo: string | undefined): string {
  if (next === null) return '';
  return lookedBackTo === undefined
    ? `\n\nthere are more: --cursor ${next}`
    : `\n\nlooked back to ${lookedBackTo}; to look further: --cursor ${next}`;
}

const took = (from: string, to: string | undefined): string =>
  to === undefined ? '' : `${((Date.parse(to) - Date.parse(from)) / 1_000).toFixed(1)} s`;
