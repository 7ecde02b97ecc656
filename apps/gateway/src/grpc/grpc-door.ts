import {
  addHealth,
  addReflection,
  startGrpcServer,
  type ByteBudget,
  type CallContext,
  type GrpcServer,
  type Listen,
  type ServerSecurity,
} from '@medserve/rpc';
import type { Closable, Instruments } from '@medserve/runtime';
import type { Authenticator, Principal, SubjectReferences } from '@medserve/security';
import type { Oversight } from '../oversight/oversight';
import type { Wake } from '../infer/cold-start';
import type { LiveCatalogue } from '../infer/live-catalogue';
import type { ImagePreparation } from '../infer/prepare-image';
import type { Road } from '../infer/road';
import { inferenceService } from '../oip/grpc/inference-service';
import { INFERENCE_SERVICE } from '../oip/grpc/wire/methods';
import type { Inference } from '../oip/inference';
import type { Models } from '../oip/models';
import type { InferenceStatistics } from '../oip/statistics';
import type { Doorkeeper } from '../quotas/doorkeeper';
import { watchHealth } from '../health/readiness';
import { grpcGate } from './gate';
import { MEDSERVE_SERVICE } from './infer-method';
import { medServeService } from './medserve-service';

const SERVICES = ['medserve.v1.MedServe', 'inference.GRPCInferenceService'];

export interface GrpcDoorParts {
  readonly listen: Listen;
  /** Undefined: callers speak in the clear. */
  readonly security: ServerSecurity | undefined;
  readonly maxMessageBytes: number;
  /** Shared with the other door: what it bounds is the memory of both. */
  readonly budget: ByteBudget;
  readonly authenticator: Authenticator;
  readonly doorkeeper: Doorkeeper;
  readonly oversight: Oversight;
  readonly preparation: ImagePreparation;
  readonly road: Road;
  readonly catalogue: LiveCatalogue;
  readonly references: SubjectReferences;
  readonly inference: Inference;
  readonly models: Models;
  readonly statistics: InferenceStatistics;
  readonly instruments: Instruments;
  readonly wake: Wake;
  /** What the gateway lacks to be ready. */
  readonly missing: () => Promise<readonly string[]>;
}

/** The gRPC door: our own service, the Open Inference Protocol, health and reflection, behind one gate. */
export async function openGrpcDoor(parts: GrpcDoorParts): Promise<Closable & Pick<GrpcServer, 'address'>> {
  const { listen, security, maxMessageBytes, budget, authenticator, doorkeeper, oversight } = parts;
  const { instruments, statistics, inference, models, missing } = parts;
  const { denials, changes, results } = oversight;
  const check = (by: Principal): Promise<void> => doorkeeper.check(by);
  const gate = grpcGate({ authenticator, check, instruments, denials, budget, maxMessageBytes });
  const principalOf = (context: CallContext): Principal => gate.callerOf(context);
  const enter = (by: Principal) => doorkeeper.enter(by);
  let health: Closable | undefined;
  const server = await startGrpcServer({
    gate,
    listen,
    security,
    maxMessageBytes,
    register: (grpc) => {
      grpc.addService(MEDSERVE_SERVICE, medServeService({ ...parts, principalOf, enter, results }));
      grpc.addService(
        INFERENCE_SERVICE,
        inferenceService({
          principalOf,
          enter,
          tracer: instruments.tracer,
          onRefused: ({ reason }) => {
            instruments.refusals.inc({ reason });
          },
          onAnswered: (message) => {
            gate.done(message);
          },
          inference,
          models,
          changes,
          statistics,
          ready: async () => (await missing()).length === 0,
        }),
      );
      addReflection(grpc, SERVICES);
      health = watchHealth(addHealth(grpc, SERVICES), missing);
    },
  });
  return {
    address: server.address,
    close: async () => {
      await health?.close();
      await server.close();
    },
  };
}
