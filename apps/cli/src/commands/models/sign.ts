import { SIGNATURE, signModel } from '@medserve/engines';
import { Command } from 'commander';
import { asPlain, fileIn, packagesAt, readGiven } from './model-folder';
import { signingKeyOf, withKeyOptions, type KeyOptions } from './signing-key';

export function signCommand(): Command {
  return withKeyOptions(new Command('sign'))
    .description('sign a model as its uploader: every file in its folder, as it is now')
    .argument('<dir>', "a version's folder (NAME/VERSION), or in Triton's layout the model's folder")
    .addHelpText(
      'after',
      `
Writes ${SIGNATURE} into the folder, as OpenSSF model signing has it: "model_signing verify key" of PyPI takes it, too. Any change of
any file makes it worthless. What is signed is checked first: a model that could not be served is not signed.

  medserve models sign ./models/chest-xray/3 --key ./ada.pem --passphrase-file ./secret`,
    )
    .action(async (folder: string, options: KeyOptions) => {
      process.stdout.write(`${await signFolder(folder, options)}\n`);
    });
}

/** @returns what was done, in words */
export async function signFolder(folder: string, options: KeyOptions): Promise<string> {
  try {
    const { root, sealed } = await readGiven(folder);
    await packagesAt(root);
    await signModel(root.folder, signingKeyOf(options));
    const count = String(sealed.files.length);
    return `${root.place} is signed: ${count} files, in ${fileIn(root, SIGNATURE)}`;
  } catch (error) {
    throw asPlain(error);
  }
}
