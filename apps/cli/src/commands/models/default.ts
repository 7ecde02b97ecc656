import { Command } from 'commander';
import { Platform, type Target } from '../../client/platform';
import { homeOption, jsonOption, keyOption, urlOption } from '../../options';

/** As `GET /v1/models/{name}/default` shows it. */
export interface ModelDefault {
  readonly model: string;
  readonly version: string | null;
  readonly answering: string | null;
  readonly previous: string | null;
  readonly canGoBack: boolean;
  readonly revision: number;
  readonly warning?: string;
}

interface DefaultOptions extends Target {
  readonly back: boolean;
  readonly newest: boolean;
  readonly json: boolean;
}

const JSON_BODY = { 'content-type': 'application/json' };

export function defaultCommand(): Command {
  return new Command('default')
    .description('which version a bare name stands for: show it, choose one, or go back to the one before')
    .argument('<name>', 'of a model')
    .argument('[version]', 'that is to answer where a request names none; absent: show which one does')
    .option('--back', 'go back to what was chosen before', false)
    .option('--newest', 'the newest that is served, as where nobody chose', false)
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Holds for the whole platform, by every protocol, and over restarts. Requests that name a version are not touched. A version that is
not served any more is passed over: then the newest that is served answers, and this command says so.

  medserve models default vqa-small              which version answers
  medserve models default vqa-small 1            version 1 from now on
  medserve models default vqa-small --back       as it was before`,
    )
    .action(async (name: string, version: string | undefined, options: DefaultOptions) => {
      const shown = await new Platform(options).json<ModelDefault>(...callOf(name, version, options));
      process.stdout.write(`${options.json ? JSON.stringify(shown) : describeDefault(shown)}\n`);
    });
}

function callOf(
  name: string,
  version: string | undefined,
  { back, newest }: Pick<DefaultOptions, 'back' | 'newest'>,
): [path: string, init?: RequestInit] {
  if ([version !== undefined, back, newest].filter(Boolean).length > 1) {
    throw new Error('give one of a version, --back and --newest');
  }
  const path = `/v1/models/${encodeURIComponent(name)}/default`;
  if (back) return [`${path}/back`, { method: 'POST' }];
  if (version === undefined && !newest) return [path];
  return [path, { method: 'PUT', headers: JSON_BODY, body: JSON.stringify({ version: version ?? null }) }];
}

const named = (version: string | null): string =>
  version === null ? 'the newest that is served' : `version ${version}`;

/** In words: what was chosen, what answers, and what going back would bring. */
export function describeDefault({ model, version, answering, previous, canGoBack, warning }: ModelDefault): string {
  const answers = answering === null ? 'no version of it is served' : `version ${answering} answers`;
  return [
    `${model}: ${named(version)}${version === answering ? '' : `; ${answers}`}`,
    ...(canGoBack ? [`before: ${named(previous)}`] : []),
    ...(warning === undefined ? [] : [warning]),
  ].join('\n');
}
