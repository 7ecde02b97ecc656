import { dirname, join } from 'node:path';
import { create, createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import {
  credentials,
  loadPackageDefinition,
  type ClientDuplexStream,
  type ServiceClientConstructor,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { startGrpcServer, type GrpcServer } from './grpc-server';
import { addReflection } from './health-and-reflection';

interface Answer {
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly errorResponse?: { readonly errorMessage: string };
}
type Ask = (question: Readonly<Record<string, string>>) => Promise<Answer>;

const SERVICES = ['medserve.v1.MedServe', 'inference.GRPCInferenceService'];
const HEALTH = 'grpc.health.v1.Health';
const PROTOS = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build', 'proto');

describe.each(['v1', 'v1alpha'])('server reflection, %s', (version) => {
  let server: GrpcServer;
  let stream: ClientDuplexStream<object, Answer>;
  let ask: Ask;

  beforeAll(async () => {
    server = await startGrpcServer({
      listen: { host: '127.0.0.1', port: 0 },
      graceMs: 100,
      register: (grpc) => {
        addReflection(grpc, SERVICES);
      },
    });
    const name = `grpc.reflection.${version}`;
    const definition = loadSync(`grpc/reflection/${version}/reflection.proto`, { includeDirs: [PROTOS] });
    const Reflection = name
      .concat('.ServerReflection')
      .split('.')
      .reduce<object>(
        (space, part) => (space as Record<string, object>)[part] ?? {},
        loadPackageDefinition(definition),
      ) as ServiceClientConstructor;
    const client = new Reflection(server.address, credentials.createInsecure());
    stream = (client['ServerReflectionInfo'] as unknown as () => typeof stream).call(client);
    ask = (question) =>
      new Promise((resolve, reject) => {
        stream.once('data', resolve).once('error', reject);
        stream.write(question);
      });
  });
  afterAll(async () => {
    stream.end();
    await server.close();
  });

  it('lists the services that it was told of, and health', async () => {
    const { listServicesResponse } = await ask({ listServices: '' });
    expect(listServicesResponse?.service.map(({ name }) => name).sort()).toEqual([...SERVICES, HEALTH].sort());
  });

  it.each([...SERVICES, HEALTH])('tells all that a caller needs to know of %s', async (service) => {
    const files = new Map<string, FileDescriptorProto>();
    const take = async (question: Readonly<Record<string, string>>): Promise<void> => {
      const { fileDescriptorResponse, errorResponse } = await ask(question);
      if (errorResponse) throw new Error(errorResponse.errorMessage);
      for (const bytes of fileDescriptorResponse?.fileDescriptorProto ?? []) {
        const file = fromBinary(FileDescriptorProtoSchema, bytes);
        files.set(file.name, file);
      }
    };
    await take({ fileContainingSymbol: service });
    const isMissing = (name: string): boolean => !files.has(name);
    for (let missing = ['']; missing.length > 0;) {
      missing = [...files.values()].flatMap(({ dependency }) => dependency).filter(isMissing);
      for (const name of missing) await take({ fileByFilename: name });
    }
    // Dependencies first, as a set has to be.
    const ordered: FileDescriptorProto[] = [];
    const add = (file: FileDescriptorProto): void => {
      for (const name of file.dependency) add(files.get(name) as FileDescriptorProto);
      if (!ordered.includes(file)) ordered.push(file);
    };
    for (const file of files.values()) add(file);
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: ordered }));
    expect(registry.getService(service)?.methods.length).toBeGreaterThan(0);
  });

  it('says that it does not know a symbol', async () => {
    const { errorResponse } = await ask({ fileContainingSymbol: 'no.such.Thing' });
    expect(errorResponse?.errorMessage).toContain('no.such.Thing');
  });
});
