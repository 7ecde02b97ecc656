import { ServingError } from '@medserve/errors';
import { broken } from '../broken';
import { readSmallFile, stampFile, type FileStamp } from '../package-files';
import { withProtoNames } from './field-names';
import { modelConfigSchema, type ModelConfig } from './model-config';
import { parseTextFormat } from './text-format';

export const CONFIG_FILE = 'config.pbtxt';
const MAX_CONFIG_BYTES = 1 << 20;

/** A configuration as it was given; the rest is completed from the model. */
export interface GivenConfig {
  readonly config: ModelConfig;
  /** Of its file, taken before that was read; absent: there is none, or a request brought another. */
  readonly stamp?: FileStamp;
}

const NOTHING = modelConfigSchema.parse({});

const UNSERVED: readonly (keyof ModelConfig)[] = [
  'sequence_batching',
  'ensemble_scheduling',
  'model_repository_agents',
];

const UNSERVED_LISTS = ['batch_input', 'batch_output'] as const satisfies readonly (keyof ModelConfig)[];

/** What is wrong with a configuration whatever the model; `undefined`: nothing. */
function complaint(config: ModelConfig, name: string): string | undefined {
  const { platform = '', backend = '' } = config;
  if (config.name !== undefined && config.name !== '' && config.name !== name) {
    return `name: it says "${config.name}", but the model's folder says "${name}".`;
  }
  if (platform !== '' && platform !== 'onnxruntime_onnx') {
    return `platform: "${platform}" is not served here, only "onnxruntime_onnx".`;
  }
  if (backend !== '' && backend !== 'onnxruntime') {
    return `backend: "${backend}" is not served here, only "onnxruntime".`;
  }
  const unserved =
    UNSERVED.find((field) => config[field] !== undefined) ?? UNSERVED_LISTS.find((field) => config[field].length > 0);
  if (unserved !== undefined) return `${unserved}: it is not served here.`;
  if (config.model_transaction_policy?.decoupled === true) {
    return 'model_transaction_policy: decoupled models are not served here.';
  }
  return undefined;
}

function check(document: unknown, name: string, wrong: (detail: string) => ServingError): ModelConfig {
  const parsed = modelConfigSchema.safeParse(document);
  if (!parsed.success) {
    throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(all)'}: ${message}`).join('; '));
  }
  const found = complaint(parsed.data, name);
  if (found !== undefined) throw wrong(found);
  return parsed.data;
}

/** The configuration that a load request sent. @throws ServingError `invalid_request` naming the field of the configuration */
function parseRequestConfig(configJson: string, name: string): ModelConfig {
  const wrong = (detail: string, cause?: unknown): ServingError =>
    new ServingError('invalid_request', `The configuration is not right: ${detail}`, {
      field: 'parameters.config',
      cause,
    });
  if (configJson.length > MAX_CONFIG_BYTES) throw wrong('it is larger than 1 MiB.');
  let document: unknown;
  try {
    document = JSON.parse(configJson);
  } catch (error) {
    throw wrong('it is no JSON.', error);
  }
  return check(withProtoNames(document), name, wrong);
}

/**
 * The configuration of the model `name` in the folder `root`; empty where it has none.
 *
 * @throws ServingError `model_broken` naming the field; `invalid_request` when it came with a request
 */
export async function readConfig(root: string, name: string, configJson?: string): Promise<GivenConfig> {
  if (configJson !== undefined) return { config: parseRequestConfig(configJson, name) };
  const stamp = await stampIfThere(root);
  if (!stamp) return { config: NOTHING };
  const text = await readSmallFile(root, CONFIG_FILE, MAX_CONFIG_BYTES);
  const wrong = (detail: string): ServingError => broken(`${CONFIG_FILE} is not right: ${detail}`);
  return { config: check(parseTextFormat(text), name, wrong), stamp };
}

async function stampIfThere(root: string): Promise<FileStamp | undefined> {
  try {
    return await stampFile(root, CONFIG_FILE);
  } catch (error) {
    // A link is there, and refused; only what is missing is absent.
    if (error instanceof ServingError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
      return undefined;
    throw error;
  }
}
