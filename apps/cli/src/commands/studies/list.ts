import { STUDY_STATES } from '@medserve/studies';
import { Command, InvalidArgumentError } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, instant, jsonOption, keyOption, urlOption } from '../../options';
import { table } from '../../output/table';
import { noteOf, span, type StudiesPage } from './study';

interface ListOptions extends Target {
  readonly state?: string;
  readonly route?: string;
  readonly modality?: string;
  readonly since?: Date;
  readonly limit: number;
  readonly cursor?: string;
  readonly json: boolean;
}

function states(text: string): string {
  const wrong = text.split(',').find((word) => !STUDY_STATES.some((state) => state === word));
  if (wrong !== undefined) throw new InvalidArgumentError(`choose from ${STUDY_STATES.join(', ')}, with commas`);
  return text;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 1_000) throw new InvalidArgumentError('1 to 1000');
  return value;
}

export const listCommand = (): Command =>
  new Command('list')
    .description('studies, the newest first, and the oldest of each state')
    .option('--state <states>', `with commas: ${STUDY_STATES.join(', ')}`, states)
    .option('--route <name>', 'those that this route takes')
    .option('--modality <code>', 'those with a series of it, as DICOM writes it: CT')
    .option('--since <time>', 'those whose first instance came then or later', instant)
    .option('--limit <n>', 'how many', count, 50)
    .option('--cursor <cursor>', 'where the page before ended, as it said')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(list);

async function list({ state, route, modality, since, limit, cursor, json, ...target }: ListOptions): Promise<void> {
  const wanted = { state, route, modality, since: since?.toISOString(), limit: String(limit), cursor };
  const given = Object.entries(wanted).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const path = `/v1/studies?${new URLSearchParams(given).toString()}`;
  const page = await new Platform(target).json<StudiesPage>(path);
  process.stdout.write(`${json ? JSON.stringify(page) : describeStudies(page, new Date())}\n`);
}

const HEADS = ['STUDY', 'GEN', 'STATE', 'AGE', 'IMAGES', 'MODALITY', 'ROUTE', 'RUNS', 'SENT', 'NOTE'];
const SUMMARY_HEADS = ['STATE', 'STUDIES', 'OLDEST'];

/** Exported for its test. */
export function describeStudies({ summary, studies, next }: StudiesPage, now: Date): string {
  const sums = Object.entries(summary);
  if (sums.length === 0) return 'none: no study was received yet ("medserve up --dicom-port 11112" takes C-STORE)';
  const states = table(
    SUMMARY_HEADS,
    sums.map(([state, { studies: count_, oldestSeconds }]) => [state, count_, span(oldestSeconds)]),
  );
  const rows = studies.map((study) => [
    study.studyUid,
    study.generation,
    study.state,
    span((now.getTime() - Date.parse(study.receivedAt)) / 1_000),
    study.instances ?? '',
    study.modalities.join(','),
    study.routes.join(','),
    share(study.runs, 'answered'),
    share(study.deliveries, 'delivered'),
    noteOf(study),
  ]);
  const more = next === null ? '' : `\n\nthere are more: --cursor ${next}`;
  return `${states}\n\n${rows.length === 0 ? 'none is as asked for' : table(HEADS, rows)}${more}`;
}

/** How many of them are done. */
const share = (all: readonly { readonly state: string }[], done: string): string =>
  all.length === 0 ? '' : `${String(all.filter(({ state }) => state === done).length)} of ${String(all.length)}`;
