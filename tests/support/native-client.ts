import { Metadata, credentials, type ServiceError } from '@grpc/grpc-js';
import { MedServeClient, RequestClass, type InferRequest, type InferResponse } from '@medserve/contracts';
import type { Ready } from './platform';

const EMPTY: InferRequest = {
  task: '',
  modality: '',
  model: '',
  question: '',
  parameters: undefined,
  requestClass: RequestClass.UNSPECIFIED,
  deadlineMs: 0,
  allowMismatch: false,
  idempotencyKey: '',
  files: [],
  tensors: [],
};

/** A client of the native gRPC service. */
export class NativeClient {
  private readonly client: MedServeClient;
  private readonly metadata = new Metadata();

  constructor({ grpc, key }: Pick<Ready, 'grpc' | 'key'>, metadata: Readonly<Record<string, string>> = {}) {
    this.client = new MedServeClient(grpc, credentials.createInsecure());
    this.metadata.set('authorization', `Bearer ${key}`);
    for (const [name, value] of Object.entries(metadata)) this.metadata.set(name, value);
  }

  infer(request: Partial<InferRequest>): { readonly answer: Promise<InferResponse>; readonly cancel: () => void } {
    let cancel = (): void => undefined;
    const answer = new Promise<InferResponse>((resolve, reject) => {
      const call = this.client.infer(
        { ...EMPTY, ...request },
        this.metadata,
        (error: ServiceError | null, response) => {
          if (error === null) resolve(response);
          else reject(error);
        },
      );
      cancel = () => {
        call.cancel();
      };
    });
    // Whoever awaits it sees the failure; one that is not awaited yet must not end the test run.
    answer.catch(() => undefined);
    return { answer, cancel };
  }

  close(): void {
    this.client.close();
  }
}

/** What a failed call says: the reason of the REST API, and the request's id. */
export function refusalOf(error: unknown): { reason: string | undefined; requestId: string | undefined } {
  const { metadata } = error as ServiceError;
  const text = (name: string): string | undefined => metadata.get(name)[0]?.toString();
  return { reason: text('medserve-reason'), requestId: text('x-request-id') };
}
