import { Command } from 'commander';
import { gpuMemoryOf, type Recipe } from '@medserve/engines';
import { jsonOption } from '../options';
import { folderOption, recipesNamed } from './recipes';

const listed = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [title, ...lines.map((text) => `  ${text}`)];

function memoryLines(recipe: Recipe): readonly string[] {
  const { weights, cache, least, most } = gpuMemoryOf(recipe);
  const kept = cache === undefined ? 'keys and values not counted' : `${cache.toFixed(1)} GiB for each whole context`;
  return [
    `${weights.toFixed(1)} GiB weights, ${kept}`,
    `a device of ${least.toFixed(0)} to ${most.toFixed(0)} GiB, for one answer or for all slots (computed, not measured)`,
  ];
}

/** What a person reads. */
function describeRecipe(recipe: Recipe): string {
  const { system, title, does, sources, licence, base, serving, parts, budget, adapters, contract } = recipe;
  const { architecture, remoteCode, steps } = serving;
  return [
    `${system}: ${title}`,
    does,
    ...listed('built of', [
      `vision: ${base.vision}`,
      ...(base.connector === undefined ? [] : [`connector: ${base.connector}`]),
      ...(base.language === undefined ? [] : [`language: ${base.language}`]),
    ]),
    ...listed('served by', [
      `engine ${serving.engine}, ${serving.server}${architecture === undefined ? '' : `, ${architecture}`}: ${serving.model}`,
      ...(remoteCode ? ['its weights come with code: an image of its own, pinned by digest, without network'] : []),
      ...steps,
    ]),
    ...listed(
      'parts',
      parts.map(({ part, what, runs }) => `${part} (${runs}): ${what}`),
    ),
    ...(budget
      ? listed('budget', [
          `context ${String(budget.contextTokens)} tokens, answers ${String(budget.maxAnswerTokens)}, ${String(budget.slots)} at once`,
          `${String(budget.imageTokens)} tokens an image, at most ${String(budget.maxImages)} images`,
        ])
      : []),
    ...listed('adapters', adapters),
    ...listed('memory', memoryLines(recipe)),
    ...listed(
      'contract',
      contract.map(
        ({ task, modalities, given, answer }) =>
          `${task} (${modalities.join(', ')}): ${given.join(' + ')} -> ${answer}`,
      ),
    ),
    ...listed('beyond the platform’s tasks', recipe.beyond),
    ...listed('licence', [`code: ${licence.code}`, `weights: ${licence.weights}`]),
    ...listed(
      'sources',
      sources.map(({ kind, url }) => `${kind}: ${url}`),
    ),
    ...listed('not confirmed', recipe.unconfirmed),
  ].join('\n');
}

export function showCommand(): Command {
  return new Command('show')
    .description('how one system is served')
    .argument('<system>')
    .addOption(folderOption())
    .addOption(jsonOption())
    .action(async (system: string, { catalog, json }: { readonly catalog: string; readonly json: boolean }) => {
      const [recipe] = await recipesNamed(catalog, [system]);
      if (recipe) process.stdout.write(json ? `${JSON.stringify(recipe)}\n` : `${describeRecipe(recipe)}\n`);
    });
}
