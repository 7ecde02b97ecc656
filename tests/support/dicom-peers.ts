import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from './platform';

const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is: boolean) => (): void => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', answer(true)).once('error', answer(false));
  });

/** A program with a folder of its own, which listens on a port. */
class Peer {
  protected constructor(
    private readonly child: ChildProcess,
    readonly folder: string,
  ) {}

  protected static async begin(command: string, parameters: (folder: string) => readonly string[], port: number) {
    const folder = mkdtempSync(join(tmpdir(), 'medserve-peer-'));
    const environment = { ...process.env, TCP_NODELAY: '1' };
    const child = spawn(command, parameters(folder), { cwd: folder, stdio: 'ignore', env: environment });
    child.on('error', () => undefined);
    await until(`${command} to listen`, () => isListening(port));
    return { child, folder };
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface OrthancOptions {
  readonly aet: string;
  readonly dimse: number;
  readonly http: number;
  /** Where it sends by C-STORE. */
  readonly modalities?: Readonly<Record<string, readonly [string, string, number]>>;
  /** Where it sends by STOW-RS. */
  readonly servers?: Readonly<
    Record<string, { readonly url: string; readonly headers: Readonly<Record<string, string>> }>
  >;
}

/** Orthanc with its DICOMweb plugin, open to loopback. */
export class Orthanc extends Peer {
  private url = '';

  static async start({ aet, dimse, http, modalities = {}, servers = {} }: OrthancOptions): Promise<Orthanc> {
    const { child, folder } = await Peer.begin(
      'Orthanc',
      (place) => {
        const config = {
          Name: aet,
          DicomAet: aet,
          DicomPort: dimse,
          HttpPort: http,
          RemoteAccessAllowed: false,
          AuthenticationEnabled: false,
          StorageDirectory: place,
          IndexDirectory: place,
          Plugins: [PLUGIN],
          DicomAlwaysAllowEcho: true,
          DicomAlwaysAllowStore: true,
          DicomCheckCalledAet: true,
          DicomModalities: modalities,
          DicomWeb: {
            Enable: true,
            Root: '/dicom-web/',
            Servers: Object.fromEntries(
              Object.entries(servers).map(([name, { url, headers }]) => [
                name,
                { Url: url, HttpHeaders: headers, HasDelete: false },
              ]),
            ),
          },
        };
        writeFileSync(join(place, 'orthanc.json'), JSON.stringify(config));
        return [join(place, 'orthanc.json')];
      },
      http,
    );
    const orthanc = new Orthanc(child, folder);
    orthanc.url = `http://127.0.0.1:${String(http)}`;
    return orthanc;
  }

  get<T>(path: string): Promise<T> {
    return this.ask<T>(path, {});
  }

  post<T>(path: string, body: Buffer | object): Promise<T> {
    return this.ask<T>(path, {
      method: 'POST',
      body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
    });
  }

  /** Modalities of all instances of a study. */
  async modalitiesOf(studyUid: string): Promise<string[]> {
    const question = { Level: 'Instance', Query: { StudyInstanceUID: studyUid }, Expand: true };
    const found = await this.post<readonly { readonly ParentSeries: string }[]>('tools/find', question);
    const series = await Promise.all(
      found.map(({ ParentSeries: id }) => this.get<{ MainDicomTags: { Modality: string } }>(`series/${id}`)),
    );
    return series.map(({ MainDicomTags }) => MainDicomTags.Modality).sort();
  }

  private async ask<T>(path: string, init: RequestInit): Promise<T> {
    const reply = await fetch(`${this.url}/${path}`, init);
    if (!reply.ok) throw new Error(`Orthanc answered ${String(reply.status)}: ${(await reply.text()).slice(0, 300)}`);
    return (await reply.json()) as T;
  }
}

/** DCMTK's storescp, which can be told to misbehave. */
export class Storescp extends Peer {
  static async start(aet: string, port: number, ...options: readonly string[]): Promise<Storescp> {
    const { child, folder } = await Peer.begin('storescp', () => ['-aet', aet, ...options, String(port)], port);
    return new Storescp(child, folder);
  }

  get received(): readonly string[] {
    return readdirSync(this.folder);
  }
}

/** An MLLP receiver that answers by a plan, one code a message and the last one for ever. */
export class Hl7Receiver {
  readonly messages: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(plan: readonly string[]): Promise<Hl7Receiver> {
    const server = createServer();
    const receiver = new Hl7Receiver(server);
    server.on('connection', (socket) => {
      let held = '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        held += chunk.toString('utf8');
        const end = held.indexOf('\x1c\r');
        if (end === -1) return;
        const message = held.slice(1, end);
        held = '';
        const code = plan[Math.min(receiver.messages.length, plan.length - 1)] ?? 'AA';
        receiver.messages.push(message);
        const id = controlIdIn(message);
        socket.write(`\x0bMSH|^~\\&|RIS|H|MEDSERVE|H|20260101||ACK|1|P|2.5.1\rMSA|${code}|${id}\r\x1c\r`);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** MSH-10. */
export const controlIdIn = (message: string): string => message.split('\r')[0]?.split('|')[9] ?? '';
