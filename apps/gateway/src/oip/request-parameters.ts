import { ServingError } from '@medserve/errors';
import { DEFAULT_DEADLINE_MS, MAX_DEADLINE_MS, type RequestClass } from '../infer/inference-request';
import type { OipRequest } from './ports';

/** A parameter as either door reads it; a whole number is a bigint only where a number would lose digits. */
export type ParameterValue = string | number | bigint | boolean;

/** Names that Triton keeps for itself. */
const RESERVED_PREFIX = 'triton_';

/** More than any id of a visit or a session needs. */
const SEQUENCE_ID_LENGTH = 256;

/** Priority 0 is the default; from 4 on all are the least urgent class. */
const CLASS_BY_PRIORITY: readonly RequestClass[] = ['routine', 'stat', 'urgent', 'routine', 'research'];

/**
 * What the parameters of a request mean here. `priority`: 0 or absent `routine`, 1 `stat`, 2 `urgent`, 3 `routine`, 4 and more
 * `research`. `timeout`: microseconds until nobody waits any more; 0 or absent: the default. `sequence_id`: requests with the
 * same one go to the same replica. Parameters of other names are the caller's own and mean nothing.
 *
 * @throws ServingError `invalid_request` for a name that begins with `triton_`, and for values of the wrong kind
 */
export function readRequestParameters(
  parameters: ReadonlyMap<string, ParameterValue>,
): Pick<OipRequest, 'class' | 'deadlineMs' | 'affinityKey'> {
  for (const name of parameters.keys()) {
    if (name.startsWith(RESERVED_PREFIX)) {
      throw new ServingError(
        'invalid_request',
        `A parameter's name begins with "${RESERVED_PREFIX}", which is reserved.`,
        {
          field: 'parameters',
        },
      );
    }
  }
  const priority = Math.min(wholeNumber(parameters, 'priority'), CLASS_BY_PRIORITY.length - 1);
  const timeoutUs = wholeNumber(parameters, 'timeout');
  return {
    class: CLASS_BY_PRIORITY[priority] ?? 'routine',
    deadlineMs: timeoutUs === 0 ? DEFAULT_DEADLINE_MS : Math.min(Math.ceil(timeoutUs / 1000), MAX_DEADLINE_MS),
    affinityKey: sequenceId(parameters.get('sequence_id')),
  };
}

function wholeNumber(parameters: ReadonlyMap<string, ParameterValue>, name: string): number {
  const value = parameters.get(name) ?? 0;
  const isWhole =
    typeof value === 'bigint' ? value >= 0n : typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!isWhole) throw invalid(name, 'a whole number that is not negative');
  return Number(value);
}

/** 0 and the empty text stand for none (sequence extension). */
function sequenceId(value: ParameterValue | undefined): string | undefined {
  if (value === undefined || value === '' || value === 0) return undefined;
  const isId = typeof value === 'string' || typeof value === 'bigint' || Number.isInteger(value);
  const id = String(value);
  if (!isId || id.length > SEQUENCE_ID_LENGTH) {
    throw invalid('sequence_id', `a whole number or a text of at most ${String(SEQUENCE_ID_LENGTH)} characters`);
  }
  return id;
}

const invalid = (name: string, wanted: string): ServingError =>
  new ServingError('invalid_request', `The parameter "${name}" has to be ${wanted}.`, { field: `parameters.${name}` });
