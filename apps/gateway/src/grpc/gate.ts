import { ServingError, toServingError } from '@medserve/errors';
import { MedServeService } from '@medserve/contracts';
import { GRPCInferenceServiceService } from '@medserve/contracts/oip';
import { CallGate, type ByteBudget } from '@medserve/rpc';
import type { Instruments } from '@medserve/runtime';
import { requireScope, type Authenticator, type Principal, type Scope } from '@medserve/security';
import { routeSubject } from '../activities/denied-request';
import type { Denials } from '../activities/denials';
import { prove } from '../identity/caller';

type Access = Scope | 'open';

/** What each method asks of a key; a method without a line does not compile. */
const NATIVE: Record<keyof typeof MedServeService, Access> = {
  infer: 'infer',
  inferStream: 'infer',
  listModels: 'model:read',
  getModel: 'model:read',
  getResult: 'result:read',
};

const INFERENCE: Record<keyof typeof GRPCInferenceServiceService, Access> = {
  serverLive: 'open',
  serverReady: 'open',
  modelReady: 'model:read',
  serverMetadata: 'model:read',
  modelMetadata: 'model:read',
  modelInfer: 'infer',
  modelStreamInfer: 'infer',
  modelConfig: 'model:read',
  modelStatistics: 'model:read',
  repositoryIndex: 'model:read',
  repositoryModelLoad: 'model:manage',
  repositoryModelUnload: 'model:manage',
  systemSharedMemoryStatus: 'model:manage',
  systemSharedMemoryRegister: 'model:manage',
  systemSharedMemoryUnregister: 'model:manage',
  cudaSharedMemoryStatus: 'model:manage',
  cudaSharedMemoryRegister: 'model:manage',
  cudaSharedMemoryUnregister: 'model:manage',
  traceSetting: 'model:manage',
  logSettings: 'model:manage',
};

/** Probes and tools that learn the methods have no keys. */
const OPEN_SERVICES = ['/grpc.health.v1.', '/grpc.reflection.'];

type Service = Readonly<Record<string, { readonly path: string }>>;

const byPath = (service: Service, access: Readonly<Record<string, Access>>): [string, Access | undefined][] =>
  Object.entries(service).map(([name, { path }]) => [path, access[name]]);

const ACCESS = new Map([...byPath(MedServeService, NATIVE), ...byPath(GRPCInferenceServiceService, INFERENCE)]);

/** Each of its requests passes the quotas by itself, and is refused by an entry of the stream. */
const STREAM = GRPCInferenceServiceService.modelStreamInfer.path;

export interface GrpcGateParts {
  readonly authenticator: Authenticator;
  /** Turns away who may not ask a model now, before the message is read. */
  readonly check: (by: Principal) => Promise<void>;
  readonly instruments: Instruments;
  readonly denials: Pick<Denials, 'of' | 'unknown'>;
  /** Shared with the other door: what it bounds is the memory of both. */
  readonly budget: ByteBudget;
  readonly maxMessageBytes: number;
}

/** Lets nobody in by default: every call passes here when its headers are there and before its message is read. */
export const grpcGate = ({
  authenticator,
  check,
  instruments,
  denials,
  ...limits
}: GrpcGateParts): CallGate<Principal> => {
  const known = async (authenticate: () => Promise<Principal>): Promise<Principal> => {
    try {
      return await authenticate();
    } catch (thrown) {
      const { reason, category } = toServingError(thrown);
      if (category === 'unauthenticated') denials.unknown(reason);
      throw thrown;
    }
  };
  const allowed = async (principal: Principal, access: Scope, path: string): Promise<void> => {
    if (!principal.scopes.has(access))
      await denials.of(principal, { reason: 'forbidden', subject: routeSubject(path) });
    requireScope(principal, access);
  };
  return new CallGate({
    ...limits,
    admit: async (path, metadata, certificate) => {
      const access = ACCESS.get(path);
      if (access === 'open' || OPEN_SERVICES.some((service) => path.startsWith(service))) return undefined;
      const [header] = metadata.get('authorization');
      const authorization = typeof header === 'string' ? header : undefined;
      const principal = await known(() => prove(authenticator, authorization, certificate));
      if (access === undefined) throw new ServingError('forbidden', 'The method says nothing of who may use it.');
      await allowed(principal, access, path);
      if (access === 'infer' && path !== STREAM) await check(principal);
      return principal;
    },
    onRefused: ({ reason }) => {
      instruments.refusals.inc({ reason });
    },
  });
};
