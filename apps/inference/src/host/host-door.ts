import { hostPort, startGrpcServer, type GrpcServerOptions } from '@medserve/rpc';

/** Ports, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Where the hosts of a pod listen, and how routers reach them there. */
export interface HostDoor {
  readonly host: string;
  /** One of these is taken; absent: any free one. */
  readonly ports?: PortRange | undefined;
  /** The pod's address as others know it, without a port; absent: where the host listens. */
  readonly reachedAt?: string | undefined;
}

/** By which variables a pod tells its hosts. */
const DOOR = 'MEDSERVE_HOST_DOOR';

export const doorToEnvironment = (door: HostDoor): Record<string, string> => ({ [DOOR]: JSON.stringify(door) });

export function doorFromEnvironment(environment: NodeJS.ProcessEnv): HostDoor {
  const text = environment[DOOR];
  return text === undefined ? { host: '127.0.0.1' } : (JSON.parse(text) as HostDoor);
}

export interface OpenDoor {
  /** host:port, as routers are told. */
  readonly address: string;
  close(): Promise<void>;
}

/** In which order the ports are tried: each host begins elsewhere, so that those that start together seldom meet. */
function* inTurn({ from, to }: PortRange, seed: number): Generator<number> {
  const count = to - from + 1;
  for (let step = 0; step < count; step += 1) yield from + ((seed + step) % count);
}

/** Starts the server of a host behind its door. @throws when no port of the range is free */
export async function openHostDoor(
  door: HostDoor,
  options: Omit<GrpcServerOptions, 'listen'>,
  seed: number = process.pid,
): Promise<OpenDoor> {
  const open = async (port: number): Promise<OpenDoor> => {
    const server = await startGrpcServer({ ...options, listen: { host: door.host, port } });
    return { address: hostPort(door.reachedAt ?? door.host, server.port), close: () => server.close() };
  };
  if (door.ports === undefined) return open(0);
  let last: unknown;
  for (const port of inTurn(door.ports, seed)) {
    try {
      return await open(port);
    } catch (error) {
      last = error;
    }
  }
  throw new Error('No port of MEDSERVE_HOST_PORTS is free for a model host.', { cause: last });
}
