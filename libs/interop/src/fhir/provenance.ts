import { reportId } from '../identity/result-identity';
import type { InteropInput } from '../input';
import { ASSEMBLER } from './device';
import { narrative, terminology } from './elements';
import type { Device, DiagnosticReport, Observation, Provenance, Reference } from './r4';
import { imagesReference } from './references';

/** Which models made the result, of which images. */
export function provenanceOf(
  input: InteropInput,
  devices: readonly Device[],
  report: DiagnosticReport,
  observations: readonly Observation[],
): Provenance {
  const target = [report, ...observations].map(({ resourceType, id = '' }): Reference => ({
    reference: `${resourceType}/${id}`,
  }));
  const sources = new Map(
    input.runs.map((run) => imagesReference(input, run)).map((what) => [JSON.stringify(what), what]),
  );
  return {
    resourceType: 'Provenance',
    id: reportId(input),
    text: narrative([`Made by ${devices.map(({ deviceName }) => deviceName[0]?.name ?? '').join(', ')}`]),
    target,
    recorded: input.now.toISOString(),
    activity: terminology(
      'v3-DataOperation',
      input.generation > 1 ? 'UPDATE' : 'CREATE',
      input.generation > 1 ? 'revise' : 'create',
    ),
    agent: devices.map(({ id = '' }) => ({ type: ASSEMBLER, who: { reference: `Device/${id}` } })),
    entity: [...sources.values()].map((what) => ({ role: 'source', what })),
  };
}
