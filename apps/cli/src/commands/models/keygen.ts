import { existsSync, writeFileSync } from 'node:fs';
import { makeSigningKey } from '@medserve/engines';
import { Command } from 'commander';
import { passphraseOf, passphraseOption } from './signing-key';

export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make a key to sign or approve models with: NAME.pem, to be kept, and NAME.pub, for the trust file')
    .argument('<name>', 'such as ./ada; both files are made, and none is overwritten')
    .addOption(passphraseOption())
    .addHelpText(
      'after',
      `
Whoever uploads models and whoever approves them have a key each, on machines of their own. NAME.pub goes to operations, who
put it into the trust file; NAME.pem never leaves its owner.

  medserve models keygen ./ada --passphrase-file ./secret`,
    )
    .action((name: string, options: { passphraseFile?: string }) => {
      const files = { private: `${name}.pem`, public: `${name}.pub` };
      for (const file of Object.values(files)) if (existsSync(file)) throw new Error(`${file} is there already`);
      const passphrase = passphraseOf(options);
      const { privatePem, publicPem, fingerprint } = makeSigningKey(passphrase);
      writeFileSync(files.private, privatePem, { mode: 0o600, flag: 'wx' });
      writeFileSync(files.public, publicPem, { flag: 'wx' });
      const bare = passphrase === undefined ? ' (without a passphrase: whoever has the file can sign)' : '';
      process.stdout.write(`${files.private}${bare}\n${files.public}\nfingerprint ${fingerprint}\n`);
    });
}
