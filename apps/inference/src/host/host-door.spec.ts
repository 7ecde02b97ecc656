import { createServer, type AddressInfo } from 'node:net';
import { doorFromEnvironment, doorToEnvironment, openHostDoor } from './host-door';

const occupied = async (): Promise<{ port: number; free(): Promise<void> }> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    free: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      }),
  };
};

describe('the door of a model host', () => {
  it('is told by the environment, and is any port of loopback where nothing is told', () => {
    const door = { host: '0.0.0.0', ports: { from: 9_000, to: 9_063 }, reachedAt: '10.1.2.3' };
    expect(doorFromEnvironment(doorToEnvironment(door))).toEqual(door);
    expect(doorFromEnvironment({})).toEqual({ host: '127.0.0.1' });
  });

  it('passes over ports that others have, and is told by the address at which others reach it', async () => {
    const first = await occupied();
    const ports = { from: first.port, to: first.port + 20 };
    const door = await openHostDoor(
      { host: '127.0.0.1', ports, reachedAt: 'fd00::7' },
      { register: () => undefined },
      0,
    );
    const [, port] = /^\[fd00::7\]:(\d+)$/.exec(door.address) ?? [];
    expect(Number(port)).toBeGreaterThan(first.port);
    expect(Number(port)).toBeLessThanOrEqual(ports.to);
    await door.close();
    await first.free();
  });

  it('says which setting to change when no port of the range is free', async () => {
    const taken = await occupied();
    const door = { host: '127.0.0.1', ports: { from: taken.port, to: taken.port } };
    await expect(openHostDoor(door, { register: () => undefined })).rejects.toThrow('MEDSERVE_HOST_PORTS');
    await taken.free();
  });
});
