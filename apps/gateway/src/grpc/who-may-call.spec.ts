import { MedServeService } from '@medserve/contracts';
import { GRPCInferenceServiceService } from '@medserve/contracts/oip';
import { ServingError } from '@medserve/errors';
import { addHealth, addReflection, startGrpcServer, type GrpcServer } from '@medserve/rpc';
import { noopInstruments } from '@medserve/runtime';
import { SCOPES, type Authenticator, type Scope } from '@medserve/security';
import { connectRawGrpc, type RawGrpc } from '@medserve/testkit';
import { BodyBudget } from '../http/body-budget';
import { GRPC_SCOPES } from '../testing/written-scopes';
import { grpcGate } from './gate';

const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;

const SERVICES = [MedServeService, GRPCInferenceServiceService];
const PATHS = SERVICES.flatMap((service) => Object.values(service).map(({ path }: { path: string }) => path));
const OPEN = ['/inference.GRPCInferenceService/ServerLive', '/inference.GRPCInferenceService/ServerReady'];

/** `Bearer nothing` has no scope, `Bearer all` every one, `Bearer only:infer` that one, `Bearer all-but:infer` the others. */
function scopesOf(header: string | undefined): readonly Scope[] | undefined {
  if (header === 'Bearer nothing') return [];
  if (header === 'Bearer all') return SCOPES;
  const [, kind, named] = /^Bearer (all-but|only):(.*)$/.exec(header ?? '') ?? [];
  return kind === undefined ? undefined : SCOPES.filter((scope) => (scope === named) === (kind === 'only'));
}

const authenticator: Pick<Authenticator, 'authenticate'> = {
  authenticate: (header) => {
    const scopes = scopesOf(header);
    return scopes === undefined
      ? Promise.reject(new ServingError('unauthenticated', 'The request carries no valid key.'))
      : Promise.resolve({ id: 'k', kind: 'key', tenant: 'north', scopes: new Set(scopes) });
  },
};

describe('who may call the gRPC door', () => {
  let server: GrpcServer;
  let client: RawGrpc;

  beforeAll(async () => {
    server = await startGrpcServer({
      gate: grpcGate({
        authenticator: authenticator as Authenticator,
        check: () => Promise.resolve(),
        instruments: noopInstruments(),
        denials: { of: () => Promise.resolve(), unknown: () => undefined },
        budget: new BodyBudget(1 << 20),
        maxMessageBytes: 1 << 20,
      }),
      listen: { host: '127.0.0.1', port: 0 },
      maxMessageBytes: 1 << 20,
      register: (grpc) => {
        grpc.addService({ forgotten: { ...MedServeService.getResult, path: '/medserve.v1.MedServe/Forgotten' } }, {});
        // No method is implemented: whoever gets past the door hears that.
        for (const service of SERVICES) grpc.addService(service, {});
        const names = ['medserve.v1.MedServe', 'inference.GRPCInferenceService'];
        addReflection(grpc, names);
        addHealth(grpc, names);
      },
    });
    client = connectRawGrpc(server.address);
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  const codeOf = async (path: string, authorization?: string): Promise<number> => {
    const call = client.call(path, authorization === undefined ? {} : { authorization });
    call.end();
    while ((await call.next()) !== undefined);
    return (await call.status).code;
  };

  it('has a scope written down for each of its methods', () => {
    expect([...GRPC_SCOPES.keys(), ...OPEN].sort()).toEqual([...PATHS].sort());
  });

  it.each([...GRPC_SCOPES])('%s asks for a credential, and for %s', async (path, scope) => {
    for (const header of [undefined, '', 'Bearer x', 'Basic all']) {
      expect(await codeOf(path, header)).toBe(UNAUTHENTICATED);
    }
    expect(await codeOf(path, 'Bearer nothing')).toBe(PERMISSION_DENIED);
    expect(await codeOf(path, `Bearer all-but:${scope}`)).toBe(PERMISSION_DENIED);
    expect(await codeOf(path, `Bearer only:${scope}`)).toBe(UNIMPLEMENTED);
  });

  it.each(OPEN)('%s is for probes, which have no credential', async (path) => {
    expect(await codeOf(path)).toBe(UNIMPLEMENTED);
  });

  it('is closed where nobody said who may call', async () => {
    expect(await codeOf('/medserve.v1.MedServe/Forgotten')).toBe(UNAUTHENTICATED);
    expect(await codeOf('/medserve.v1.MedServe/Forgotten', 'Bearer all')).toBe(PERMISSION_DENIED);
  });

  it('has no other spelling of a method', async () => {
    for (const path of PATHS.filter((one) => !OPEN.includes(one))) {
      for (const spelt of [
        path.toLowerCase(),
        path.toUpperCase(),
        `/${path}`,
        `${path}/`,
        path.replace('.', '%2e'),
        `${path}?x`,
      ]) {
        if (spelt === path) continue;
        for (const header of [undefined, 'Bearer nothing', 'Bearer all']) {
          expect([spelt, await codeOf(spelt, header)]).toEqual([spelt, UNIMPLEMENTED]);
        }
      }
    }
  });
});
