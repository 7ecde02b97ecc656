import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Recipe } from '@medserve/engines';
import { writeStandIn } from '@medserve/engines/standin';
import { jsonOption } from '../options';
import { doorsOf } from './doors';
import { OwnPlatform } from './own-platform';
import { proveRecipe, type Proof } from './prove-recipe';
import { folderOption, recipesNamed } from './recipes';

const proofLine = ({ system, promise, broken }: Proof): string =>
  `${broken === undefined ? 'ok  ' : 'BAD '} ${system}: ${promise}${broken === undefined ? '' : `\n     ${broken}`}`;

/** Serves the stand-ins of all recipes on a platform of their own, and keeps every promise. */
async function check(recipes: readonly Recipe[], onProof: (proof: Proof) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'medserve-catalog-'));
  try {
    const models = join(folder, 'models');
    for (const recipe of recipes) await writeStandIn(models, recipe);
    const platform = await OwnPlatform.start(folder, models);
    try {
      const doors = await doorsOf(platform.ready);
      for (const recipe of recipes) for (const proof of await proveRecipe(recipe, doors)) onProof(proof);
    } finally {
      await platform.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function checkCommand(): Command {
  return new Command('check')
    .description('prove recipes through the whole road, each with a tiny model of noise in the system’s shape')
    .argument('[systems...]', 'default: all')
    .addOption(folderOption())
    .addOption(jsonOption())
    .action(
      async (systems: readonly string[], { catalog, json }: { readonly catalog: string; readonly json: boolean }) => {
        const recipes = await recipesNamed(catalog, systems);
        let broken = 0;
        await check(recipes, (proof) => {
          if (proof.broken !== undefined) broken += 1;
          process.stdout.write(`${json ? JSON.stringify(proof) : proofLine(proof)}\n`);
        });
        if (broken > 0) process.exitCode = 1;
      },
    );
}
