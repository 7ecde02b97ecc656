import { readFileSync } from 'node:fs';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { Server } from '@grpc/grpc-js';
import type { EnumTypeDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { DESCRIPTOR_SET_PATH } from '@medserve/contracts';
import { HealthImplementation } from 'grpc-health-check';

export interface Health {
  /** Tells probes and watchers whether the server as a whole, and `service`, serve. */
  set(serving: boolean): void;
}

/** Adds `grpc.health.v1` for the whole server (the empty name) and for each of `services`; not serving until told. */
export function addHealth(server: Server, services: readonly string[]): Health {
  const names = ['', ...services];
  const health = new HealthImplementation(Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])));
  health.addToServer(server);
  return {
    set: (serving) => {
      for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    },
  };
}

const HEALTH = 'grpc.health.v1.Health';

/** Adds server reflection (v1 and v1alpha) for the named services and health, so that grpcurl and its like need no .proto file. */
export function addReflection(server: Server, services: readonly string[]): void {
  // Reflection looks at the files alone: making a whole definition of them first takes a cold process twice as long.
  const files: EnumTypeDefinition = {
    format: 'Protocol Buffer 3 EnumDescriptorProto',
    type: {},
    fileDescriptorProtos: filesOf(readFileSync(DESCRIPTOR_SET_PATH)),
  };
  new ReflectionService({ files }, { services: [...services, HEALTH] }).addToServer(server);
}

/** The files of a `google.protobuf.FileDescriptorSet`, its only field, as they are encoded in it. */
function filesOf(set: Uint8Array): Buffer[] {
  const reader = new BinaryReader(set);
  const files: Buffer[] = [];
  while (reader.pos < reader.len) {
    reader.tag();
    files.push(Buffer.from(reader.bytes()));
  }
  return files;
}
