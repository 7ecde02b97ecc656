import { loadSubjectReferences } from '@medserve/security';
import { Command, Option } from 'commander';
import { withStorage } from '../home/with-storage';
import { homeOption, jsonOption } from '../options';
import { HOME_TENANT } from '../up/run-key';
import { hasImages, removeImages, type RemovedImages } from './privacy/remove-images';
import { shred, type Shredded } from './privacy/shred';
import { subjectOf, type SubjectWords } from './privacy/subject';

interface ShredOptions extends SubjectWords {
  readonly home: string;
  readonly json: boolean;
  readonly tenant: string;
  readonly yes: boolean;
}

/** What protects patients beside who may ask: what is stored of them, and how it goes. */
export function privacyCommand(): Command {
  const privacy = new Command('privacy').description(
    'what is stored of patients: the hash that stands for one, shredding',
  );
  withSubject(privacy.command('hash').description('the hash that stands for a patient in the records'))
    .addOption(homeOption())
    .action(hash);
  withSubject(
    privacy
      .command('shred')
      .description(
        'destroy the key of the stored answers of a patient: nobody can read them again, and the log stays whole',
      ),
  )
    .option('--request <id>', 'the patient of this request; where nobody said who that is: the month of the request')
    .option('--whole-month', 'with --request: all answers of that month about patients whom nobody named', false)
    .option('--yes', 'do it: this cannot be undone', false)
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Refused while a legal hold is on the patient or the tenant. Gateways stop reading within five seconds. Answers that a gateway
keeps in memory (response_cache) go within ten minutes, or at once by POST /v1/cache/purge. Backups of the database that are
older hold the wrapped key until they expire; see docs/privacy.md.`,
    )
    .action(destroy);
  return privacy;
}

const withSubject = (command: Command): Command =>
  command
    .option('--tenant <name>', 'whose patient', HOME_TENANT)
    .addOption(new Option('--patient <id>', 'as in the DICOM header; "-" reads it from standard input'))
    .option('--issuer <name>', 'who gave the id, as in the DICOM header; default: it does not say')
    .option('--patient-key <key>', 'as the sender chose it (x-medserve-patient-key); "-" reads it from standard input');

async function hash({ home: directory, ...words }: ShredOptions): Promise<void> {
  const subject = await withStorage(directory, (storage, home) => subjectOf(words, storage, home));
  process.stdout.write(`${subject.slice(subject.indexOf(':') + 1)}\n`);
}

async function destroy({ home: directory, json, yes, ...words }: ShredOptions): Promise<void> {
  if (!yes) throw new Error('what is destroyed is gone for good; --yes says that you want that');
  const done = await withStorage(directory, async (storage, home) => {
    const subject = await subjectOf(words, storage, home);
    const references = loadSubjectReferences(home.references);
    const shredded = await shred(
      storage,
      words.tenant,
      subject,
      await hasImages(storage, references, words.tenant, subject),
    );
    const root = process.env['MEDSERVE_STUDIES_DIR'] ?? home.studies;
    return { ...shredded, ...(await removeImages(storage, references, root, words.tenant, shredded.subject)) };
  });
  process.stdout.write(json ? `${JSON.stringify(done)}\n` : `${told(done)}\n`);
}

const told = ({ subject, key, studies, workitems }: Shredded & RemovedImages): string =>
  [
    key === undefined
      ? `${studies + workitems === 0 ? 'nothing' : 'no answer'} is stored of ${subject}`
      : `shredded: ${subject}\n(the key ${key} is destroyed; the log says so)`,
    ...(studies === 0 ? [] : [`removed from the archive: ${String(studies)} studies`]),
    ...(workitems === 0 ? [] : [`removed from the worklist: ${String(workitems)} workitems`]),
  ].join('\n');
