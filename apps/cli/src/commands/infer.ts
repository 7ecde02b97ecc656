import { CLASSES } from '@medserve/serving';
import { Command, Option } from 'commander';
import { imageForm } from '../client/image-form';
import { Platform, RefusedError, type Target } from '../client/platform';
import { serverSentEvents } from '../client/server-sent-events';
import { homeOption, jsonObject, jsonOption, keyOption, milliseconds, urlOption } from '../options';
import { describeAnswer, type AnswerDocument } from '../output/describe-answer';
import { ProgressBar } from '../output/progress-bar';

interface InferOptions extends Target {
  readonly task?: string;
  readonly modality?: string;
  readonly model?: string;
  readonly fallback?: string;
  readonly question?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly class: string;
  readonly deadlineMs?: number;
  readonly allowMismatch: boolean;
  readonly json: boolean;
}

export function inferCommand(): Command {
  return new Command('infer')
    .description('ask about an image; several files that form one series are one volume')
    .argument('<file...>', 'DICOM, NIfTI, PNG, JPEG or TIFF, or a folder of them')
    .option('--task <task>', 'what is asked; default: the default task of what was imaged')
    .option('--modality <modality>', 'what was imaged; default: read from the header or the pixels')
    .option('--model <model>', 'name or name:version; default: the default for task and modality')
    .option('--fallback <model>', 'answers in place of a model that is not loaded, if it is')
    .option('--question <text>', 'for tasks that answer one')
    .option('--parameters <json>', 'what else the task takes, such as {"phrase": "the tube"}', jsonObject)
    .addOption(new Option('--class <class>', 'how urgent').choices(CLASSES).default('routine'))
    .option('--deadline-ms <n>', 'when nobody waits any more, in milliseconds', milliseconds)
    .option('--allow-mismatch', 'answer although the declared modality is not the detected one', false)
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .action(infer);
}

/** Runs as a job, whose progress can be shown, and prints the recorded answer. */
async function infer(files: readonly string[], options: InferOptions): Promise<void> {
  const platform = new Platform(options);
  const { task, modality, model, fallback, question, parameters, class: urgency, deadlineMs, allowMismatch } = options;
  const wishes = { task, modality, model, fallback, question, parameters, class: urgency, deadlineMs, allowMismatch };
  const body = await imageForm(files, wishes);
  const { id, events } = await platform.json<{ id: string; events: string }>('/v1/jobs', { method: 'POST', body });
  await follow(platform, events);
  const bytes = await (await platform.call(`/v1/results/${id}`)).text();
  process.stdout.write(options.json ? `${bytes}\n` : `${describeAnswer(JSON.parse(bytes) as AnswerDocument)}\n`);
}

async function follow(platform: Platform, events: string): Promise<void> {
  const bar = new ProgressBar();
  const { body } = await platform.call(events, { headers: { accept: 'text/event-stream' } });
  if (body === null) return;
  try {
    for await (const { event, data } of serverSentEvents(body)) {
      const told = JSON.parse(data) as { phase?: string; percent?: number; expectedMs?: number; problem?: object };
      if (event === 'progress') bar.show(told.phase ?? '', told.percent ?? 0, told.expectedMs);
      if (event === 'failed' && told.problem !== undefined) throw new RefusedError(told.problem);
    }
  } finally {
    bar.clear();
  }
}
