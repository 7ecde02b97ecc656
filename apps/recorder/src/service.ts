import { kafkaOf, kafkaSettings, withKafkaRules } from '@medserve/events';
import { parseVerifierKey, signingKeysIn, type WitnessAddress } from '@medserve/ledger';
import type { Service } from '@medserve/runtime';
import { z } from 'zod';
import { startRecorder } from './start';

/** `<verifier key> <url>`, as the witness's operator gives them. */
function readWitness(text: string): WitnessAddress | undefined {
  const [verifier = '', url = '', ...rest] = text.trim().split(/\s+/u);
  try {
    return rest.length === 0 && parseVerifierKey(verifier).algorithm === 4 && URL.canParse(url)
      ? { verifier, url }
      : undefined;
  } catch {
    return undefined;
  }
}

const settings = withKafkaRules(
  z.object({
    MEDSERVE_DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'has to be a postgres:// URL'),
    MEDSERVE_LEDGER_KEY_FILE: z.string().min(1),
    ...kafkaSettings,
    /** Each log is published here as files, in a folder of its tenant. */
    MEDSERVE_LEDGER_DIR: z.string().min(1).optional(),
    /** Pairs of a verifier key and a URL, separated by commas. */
    MEDSERVE_LEDGER_WITNESSES: z
      .string()
      .transform((text) => text.split(',').filter((part) => part.trim() !== ''))
      .pipe(
        z.array(
          z.string().transform((text, context) => {
            const witness = readWitness(text);
            if (witness === undefined) context.addIssue('has to be pairs of a witness\u2019s verifier key and its URL');
            return witness ?? z.NEVER;
          }),
        ),
      )
      .optional(),
  }),
);

export const recorderService: Service<z.output<typeof settings>> = {
  name: 'recorder',
  settings,
  async start(found, { logger, instruments }) {
    const kafka = kafkaOf(found);
    const recorder = await startRecorder({
      databaseUrl: found.MEDSERVE_DATABASE_URL,
      ledgerKey: signingKeysIn(found.MEDSERVE_LEDGER_KEY_FILE),
      publishedDir: found.MEDSERVE_LEDGER_DIR,
      witnesses: found.MEDSERVE_LEDGER_WITNESSES ?? [],
      ...(kafka === undefined ? {} : { kafka }),
      logger,
      instruments,
    });
    return { addresses: {}, close: () => recorder.close() };
  },
};
