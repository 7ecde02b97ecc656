import { createServer, type AddressInfo } from 'node:net';
import { ensureFree, freePorts } from './ports';

describe('the ports of a platform', () => {
  it('differ when they are chosen together', async () => {
    const ports = await freePorts(8);
    expect(new Set(ports).size).toBe(8);
  });

  it('are refused by name when another program has them; 0 never is', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(ensureFree({ '--port': 0, '--grpc-port': port })).rejects.toThrow(
      new RegExp(`port ${String(port)} is taken .*--grpc-port`),
    );
    await new Promise((resolve) => other.close(resolve));
    await expect(ensureFree({ '--port': 0, '--grpc-port': port })).resolves.toBeUndefined();
  });
});
