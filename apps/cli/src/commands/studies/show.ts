import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';
import { table } from '../../output/table';
import { noteOf, type StudyFound, type Verdict } from './study';

interface ShowOptions extends Target {
  readonly json: boolean;
}

const reading = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument('<uid>', 'Study Instance UID')
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption());

export const showCommand = (): Command =>
  reading('show', 'one study in all its generations: runs with their requests, results, deliveries').action(show);

export const whyCommand = (): Command =>
  reading('why', 'what every route said of a study, and of each series that it did not choose').action(why);

const find = (uid: string, target: Target): Promise<StudyFound> =>
  new Platform(target).json<StudyFound>(`/v1/studies/${encodeURIComponent(uid)}`);

async function show(uid: string, { json, ...target }: ShowOptions): Promise<void> {
  const found = await find(uid, target);
  process.stdout.write(`${json ? JSON.stringify(found) : found.generations.map(describeGeneration).join('\n\n')}\n`);
}

async function why(uid: string, { json, ...target }: ShowOptions): Promise<void> {
  const { generations } = await find(uid, target);
  const [latest] = generations;
  if (latest === undefined) return;
  const { state, says, verdicts } = latest;
  process.stdout.write(
    `${json ? JSON.stringify({ state, says, verdicts }) : `${state}${says === null ? '' : `: ${says}`}\n\n${describeVerdicts(verdicts)}`}\n`,
  );
}

type Generation = StudyFound['generations'][number];

const RUN_HEADS = ['ROUTE', 'RUN', 'TASK', 'MODEL', 'STATE', 'IMAGES', 'REQUEST', 'REASON'];
const SENT_HEADS = ['DESTINATION', 'STATE', 'ATTEMPTS', 'LAST ERROR'];

function describeGeneration(study: Generation): string {
  const note = noteOf(study);
  const times = [
    ['received', study.receivedAt],
    ['complete', study.completeAt],
    ['inferred', study.inferredAt],
    ['exported', study.exportedAt],
  ].flatMap(([word, at]) => (at === null ? [] : [`  ${String(word).padEnd(10)}${String(at)}`]));
  const runs = study.runs.map(({ route, name, task, model, state, instances, request, reason }) => [
    route,
    name,
    task,
    model ?? '',
    state,
    instances,
    request ?? '',
    reason ?? '',
  ]);
  const sent = study.deliveries.map(({ destination, state, attempts, lastError }) => [
    destination,
    state,
    attempts,
    lastError ?? '',
  ]);
  return [
    `generation ${String(study.generation)}: ${study.state}${note === '' ? '' : ` (${note})`}`,
    ...times,
    ...(runs.length === 0 ? [] : ['', table(RUN_HEADS, runs)]),
    ...(study.results.length === 0 ? [] : ['', `results: ${study.results.map(({ kind }) => kind).join(', ')}`]),
    ...(sent.length === 0 ? [] : ['', table(SENT_HEADS, sent)]),
  ].join('\n');
}

/** Exported for its test. */
export function describeVerdicts(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return 'nothing was decided yet: it is still being received, or there are no routes';
  return verdicts
    .map(({ route, why: reason, chosen, passedOver }) =>
      [
        `${route}: ${reason === undefined ? 'takes it' : `does not take it: ${reason.says}`}`,
        ...chosen.map((uid) => `  ${uid}  chosen`),
        ...passedOver.map(({ series, why: of }) => `  ${series}  ${of.says}`),
      ].join('\n'),
    )
    .join('\n');
}
