import { readFileSync } from 'node:fs';
import type { Server } from '@grpc/grpc-js';
import { loadFileDescriptorSetFromBuffer } from '@grpc/proto-loader';
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

/** Adds server reflection (v1 and v1alpha) for the named services, so that grpcurl and its like need no .proto file. */
export function addReflection(server: Server, services: readonly string[]): void {
  const definition = loadFileDescriptorSetFromBuffer(readFileSync(DESCRIPTOR_SET_PATH));
  new ReflectionService(definition, { services: [...services] }).addToServer(server);
}
