import {
  ExternalScalerService,
  type GetMetricSpecResponse,
  type GetMetricsResponse,
  type IsActiveResponse,
  type ScaledObjectRef,
} from '@medserve/contracts/keda';
import { callUnary, clientOver, type Link } from '@medserve/rpc';

type StreamMethod = 'streamIsActive' | 'streamMetricSpec';

const ANSWER = { deadlineMs: 3_000 };

/** What KEDA would do with one ScaledObject. */
export class KedaClient {
  private readonly client: ReturnType<typeof clientOver>;

  constructor(
    address: string,
    private readonly metadata: Readonly<Record<string, string>>,
    link?: Link,
  ) {
    this.client = clientOver(address, link);
  }

  async isActive(): Promise<boolean> {
    return (await callUnary(this.client, ExternalScalerService.isActive, this.ref, ANSWER)).result;
  }

  getMetricSpec(): Promise<GetMetricSpecResponse> {
    return callUnary(this.client, ExternalScalerService.getMetricSpec, this.ref, ANSWER);
  }

  getMetrics(metricName = 'medserve-slots'): Promise<GetMetricsResponse> {
    const request = { scaledObjectRef: this.ref, metricName };
    return callUnary(this.client, ExternalScalerService.getMetrics, request, ANSWER);
  }

  activity(): Told<IsActiveResponse> {
    return this.stream('streamIsActive');
  }

  specs(): Told<GetMetricSpecResponse> {
    return this.stream('streamMetricSpec');
  }

  close(): void {
    this.client.close();
  }

  private get ref(): ScaledObjectRef {
    return { name: 'encoder', namespace: 'medserve', scalerMetadata: { ...this.metadata } };
  }

  private stream<Message>(name: StreamMethod): Told<Message> {
    const method = ExternalScalerService[name];
    const call = this.client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize as (bytes: Buffer) => Message,
      this.ref,
    );
    const told = new Told<Message>();
    call.on('data', (message: Message) => {
      told.add(message);
    });
    call.on('error', () => undefined);
    call.on('status', ({ code }: { code: number }) => {
      told.end(code);
    });
    return told;
  }
}

/** What a stream told so far. */
class Told<Message> {
  readonly messages: Message[] = [];
  /** The gRPC status with which it ended. */
  readonly ended: Promise<number>;
  end!: (code: number) => void;
  private readonly waiting = new Set<() => void>();

  constructor() {
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  add(message: Message): void {
    this.messages.push(message);
    for (const wake of [...this.waiting]) wake();
  }

  /** Resolves when it has told so many. */
  async until(count: number): Promise<readonly Message[]> {
    while (this.messages.length < count) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.waiting.delete(wake);
          resolve();
        };
        this.waiting.add(wake);
      });
    }
    return this.messages;
  }
}
