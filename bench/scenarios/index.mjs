import { addedLatency } from './added-latency.mjs';
import { besideFastApi } from './beside-fastapi.mjs';
import { batching } from './batching.mjs';
import { bigVolume } from './big-volume.mjs';
import { coldStart } from './cold-start.mjs';
import { consolePage } from './console.mjs';
import { dimse } from './dimse.mjs';
import { fleet } from './fleet.mjs';
import { generation } from './generation.mjs';
import { lightWhileSaturated } from './light-while-saturated.mjs';
import { overload } from './overload.mjs';
import { record } from './record.mjs';
import { reloads } from './reloads.mjs';
import { resnetThroughput } from './resnet-throughput.mjs';
import { studyRoad } from './study-road.mjs';
import { telemetry } from './telemetry.mjs';
import { urgency } from './urgency.mjs';
import { verifyLedger } from './verify-ledger.mjs';

/** In the order in which they run and are told. */
export const scenarios = [
  addedLatency,
  resnetThroughput,
  lightWhileSaturated,
  batching,
  coldStart,
  bigVolume,
  dimse,
  studyRoad,
  record,
  urgency,
  overload,
  reloads,
  verifyLedger,
  telemetry,
  generation,
  consolePage,
  fleet,
  besideFastApi,
];
