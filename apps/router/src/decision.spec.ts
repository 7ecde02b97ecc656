import { decodeFrame, failureFrame } from '@medserve/rpc';
import { ServingError } from '@medserve/errors';
import type { Candidate, Situation } from '@medserve/serving';
import { appendDecision, explainChoice } from './decision';

const candidate = (pod: string): Candidate => ({
  pod,
  podHash: 0,
  reachable: true,
  digest: 'sha256:a',
  state: 'ready',
  link: 'up',
  inFlight: 0,
  limit: 1,
  capacity: 1,
  ejectedUntilMs: 0,
  latencyMs: 0,
});
const situation: Situation = {
  nowMs: 0,
  digest: 'sha256:a',
  affinity: undefined,
  expectedWaitMs: 0,
  expectedLoadMs: 0,
};
const pods = (count: number) => Array.from({ length: count }, (_, index) => candidate(`pod-${String(index)}:1`));

describe('a decision', () => {
  it('is appended to a frame that nobody decodes, and read with it', () => {
    const frame = failureFrame('r1', new ServingError('inference_failed', 'The run failed.')).toBuffer();
    const decision = {
      model: 'm',
      version: '1',
      ...explainChoice(pods(3), situation),
      picked: 'pod-1:1',
      queuedMs: 0.5,
      attempts: 2,
    };
    const read = decodeFrame(appendDecision(frame, decision).toBuffer());
    expect({ ...read, decisionJson: '' }).toEqual(decodeFrame(frame));
    expect(JSON.parse(read.decisionJson)).toEqual(decision);
  });

  it('is bounded, and says how much it leaves out', () => {
    const { candidates, omitted } = explainChoice(pods(40), situation);
    expect([candidates.length, omitted]).toEqual([16, 24]);
  });
});
