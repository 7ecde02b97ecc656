import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';
import type { StudiesPage, StudyFound } from './study';

interface OrderOptions extends Target {
  readonly json: boolean;
}

interface RequeueOptions extends OrderOptions {
  readonly dead: boolean;
}

interface Ordered {
  readonly studyUid: string;
  readonly generation: number;
  readonly state: string;
}

const ordering = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption());

export const goCommand = (): Command =>
  ordering('go', 'all of a study was sent: it is not waited for any longer')
    .argument('<uid>', 'Study Instance UID')
    .action((uid: string, options: OrderOptions) => order('go', [uid], options));

export const cancelCommand = (): Command =>
  ordering('cancel', 'do nothing more with a study that has no results yet; "requeue" takes it up again')
    .argument('<uid>', 'Study Instance UID')
    .action((uid: string, options: OrderOptions) => order('cancel', [uid], options));

export const requeueCommand = (): Command =>
  ordering('requeue', 'take up studies that failed or were skipped where they stopped')
    .argument('[uid...]', 'Study Instance UIDs')
    .option('--dead', 'all whose deliveries were given up', false)
    .action(requeue);

async function requeue(uids: readonly string[], { dead, ...options }: RequeueOptions): Promise<void> {
  if (dead === uids.length > 0) throw new Error('give either Study Instance UIDs or --dead');
  await order('requeue', dead ? await undelivered(options) : uids, options);
}

/** Every study that failed because deliveries of it are dead; not those of which something newer was made since. */
async function undelivered(target: Target): Promise<string[]> {
  const platform = new Platform(target);
  const found = new Set<string>();
  let cursor: string | null = '';
  do {
    const query = new URLSearchParams({ state: 'failed', limit: '1000', ...(cursor === '' ? {} : { cursor }) });
    const page: StudiesPage = await platform.json<StudiesPage>(`/v1/studies?${query.toString()}`);
    for (const { studyUid, reason } of page.studies) if (reason === 'undelivered') found.add(studyUid);
    cursor = page.next;
  } while (cursor !== null);
  const open: string[] = [];
  for (const uid of found) {
    const { generations } = await platform.json<StudyFound>(`/v1/studies/${encodeURIComponent(uid)}`);
    const latest = generations.find(({ reason }) => reason !== 'unchanged');
    if (latest?.reason === 'undelivered') open.push(uid);
  }
  return open;
}

/** One after another; what is refused is told, and the rest is done all the same. The exit status is 1 then. */
async function order(word: string, uids: readonly string[], { json, ...target }: OrderOptions): Promise<void> {
  const platform = new Platform(target);
  const done: Ordered[] = [];
  for (const uid of uids) {
    try {
      done.push(await platform.json<Ordered>(`/v1/studies/${encodeURIComponent(uid)}/${word}`, { method: 'POST' }));
    } catch (error) {
      if (uids.length === 1) throw error;
      process.stderr.write(`${uid}: ${(error as Error).message}\n`);
      process.exitCode = 1;
    }
  }
  const lines = done.map(
    ({ studyUid, generation, state }) => `${studyUid}  generation ${String(generation)}  ${state}`,
  );
  process.stdout.write(json ? `${JSON.stringify(done)}\n` : `${lines.join('\n') || 'nothing to do'}\n`);
}
