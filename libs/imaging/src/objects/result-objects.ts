import { ServingError } from '@medserve/errors';
import { nameOf } from './common/result-object';
import { findingsOf } from './findings/findings-of';
import { readRun } from './findings/run';
import { presentation } from './gsps/presentation';
import type { ResultInput, ResultObject } from './result-input';
import { captures } from './sc/captures';
import { planSegmentation, segmentation, writtenSegments, type SegmentationPlan } from './seg/segmentation';
import { report, type ToldRun } from './sr/report';

/**
 * What the models said of one generation of one study, as DICOM objects: one report of all runs, and of each run the segmentation, the
 * pictures and the marks that its answer has something for. The same input gives the same bytes.
 *
 * @throws ServingError `unreadable_image` where the sources are damaged, or not those of the answers
 */
export async function resultObjects(input: ResultInput): Promise<ResultObject[]> {
  if (input.runs.length === 0) throw new ServingError('internal', 'Results are made of at least one run.');
  const wants = new Set(input.wants);
  const runs = input.runs.map((run): ToldRun => {
    const read = readRun(run);
    return { read, findings: findingsOf(read) };
  });
  const plans = wants.has('seg') ? runs.map((run, index) => planned(run, index, input)) : [];
  const segments = new Map(plans.flatMap((plan) => (plan === undefined ? [] : writtenSegments(plan))));
  const objects: ResultObject[] = [];
  if (wants.has('sr')) objects.push(report(nameOf('sr', 1, input), input, runs, segments));
  for (const [index, plan] of plans.entries()) {
    const algorithm = input.runs[index]?.document.provenance.model;
    if (plan !== undefined && algorithm !== undefined) objects.push(segmentation(plan, input, algorithm));
  }
  if (wants.has('gsps')) objects.push(...presentation(input, runs));
  if (wants.has('sc')) objects.push(...(await captures(input, runs)));
  return objects;
}

/** Instance numbers are the runs'. */
const planned = ({ read, findings }: ToldRun, index: number, input: ResultInput): SegmentationPlan | undefined =>
  planSegmentation(nameOf('seg', index + 1, input), read.slices, findings);
