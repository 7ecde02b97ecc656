import { totalmem } from 'node:os';
import type { CertificateObserver, Listen } from '@medserve/rpc';
import type { Logger, Span } from '@medserve/runtime';
import type { PortRange } from './host/host-door';
import type { WritingFigures } from './host/messages';

export interface InferencePodSettings {
  readonly listen: Listen;
  /** Ports that its hosts take, at the same host; absent: any free ones. */
  readonly hostPorts?: PortRange | undefined;
  /** The pod's address as routers know it, without a port; absent: where it listens. */
  readonly reachedAt?: string | undefined;
  /** For what runs when the pod closes, in milliseconds. Default 5 000. */
  readonly drainMs?: number | undefined;
  /** Folder for the compiled code of hosts, which outlives the pod. Default: one that ends with it. */
  readonly codeCache?: string | undefined;
  /** Folder of the TLS files; absent: none, for services on one machine. */
  readonly tlsDirectory?: string | undefined;
  /** Told of the certificate in that folder, for the log and the metrics. */
  readonly certificateObserver?: CertificateObserver | undefined;
  /** Folders of model packages; the first that has a name and version wins. */
  readonly repositories: readonly string[];
  readonly logger: Logger;
  /** The trust file; absent: every model is served, signed or not, from where it lies. */
  readonly trustFile?: string | undefined;
  /** The file that says where the servers of pools are; absent: packages that name a pool are broken. */
  readonly poolsFile?: string | undefined;
  /** Folder for copies of models that serve on when a repository is gone. Default: none, or one that ends with the pod. */
  readonly copiesFolder?: string | undefined;
  /** Of all copies together, in bytes. Default 64 GiB. */
  readonly maxCopiesBytes?: number | undefined;
  /** Told what becomes of models that repositories have, for the metrics. */
  readonly onAdmission?: (event: AdmissionEvent) => void;
  /** Idle hosts kept ready, so that a model loads without waiting for a process. Default 1. */
  readonly zygotes?: number;
  /** Hosts that may run at once. Default 16. */
  readonly maxHosts?: number;
  /** Requests that may wait in one host, beside those that run. Default 256. */
  readonly maxQueue?: number;
  /** Resident memory of one host, in bytes. Default 4 GiB. */
  readonly maxHostBytes?: number;
  /** Resident memory of all hosts together, in bytes. Default: six tenths of what this process may have. */
  readonly maxResidentBytes?: number;
  /** Names of models that are loaded at once and stay loaded however long nobody asks. Default: none. */
  readonly keepWarm?: readonly string[];
  /** Time a model may take to load, in milliseconds. Default 120 000. */
  readonly loadTimeoutMs?: number;
  /** Time before a package that failed to load is tried again, in milliseconds. Default 30 000. */
  readonly retryPauseMs?: number;
  /** Told what becomes of hosts, for the metrics. */
  readonly onHostEvent?: (event: HostEvent) => void;
}

export type AdmissionEvent =
  /** A model version that a repository has was not taken from it. */
  | { readonly kind: 'refused'; readonly why: 'model_untrusted' | 'model_broken' }
  /** So many versions are served from copies, as their repository does not have them as it should. */
  | { readonly kind: 'fallback'; readonly versions: number };

/** `ended`: by itself, or by somebody else; otherwise the pod killed it. */
export type DeathCause = 'ended' | 'overrun' | 'silent' | 'memory';

/** `model` is the name of an installed model, or `SENT_ALONG` for one whose name a caller chose. */
export type HostEvent = { readonly model: string } & (
  | { readonly kind: 'started'; readonly loadMs: number }
  /** `evicted`: for another model that needed the room, after so long without a request. */
  | { readonly kind: 'evicted'; readonly idleMs: number }
  /** `unloaded`: by request or because nobody asked; `replaced`: another host of the model serves in its place. */
  | { readonly kind: 'failed' | 'unloaded' | 'replaced' }
  | { readonly kind: 'died'; readonly why: DeathCause }
  /** What a host that writes reports; `since` is what it reported before. `isServing`: no other has its place. */
  | {
      readonly kind: 'wrote';
      readonly figures: WritingFigures;
      readonly since: WritingFigures | undefined;
      readonly isServing: boolean;
    }
  /** What traced requests spent their time on; `dropped`: spans for which a host had no room. */
  | { readonly kind: 'traced'; readonly spans: readonly Span[]; readonly dropped: number }
  /** What the model's hosts hold now, together. */
  | { readonly kind: 'measured'; readonly residentBytes: number }
);

/** Stands in logs and metrics for the names of models that callers sent: those could be anything. */
export const SENT_ALONG = '(sent along)';

export type PodLimits = Required<
  Pick<
    InferencePodSettings,
    'zygotes' | 'maxHosts' | 'maxQueue' | 'maxHostBytes' | 'maxResidentBytes' | 'loadTimeoutMs' | 'retryPauseMs'
  >
>;

const MODELS_SHARE = 0.6;

/** A container's limit where there is one (control groups), the machine's memory otherwise. */
const memoryBytes = (): number => {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
};

export const limitsOf = (settings: InferencePodSettings): PodLimits => ({
  zygotes: settings.zygotes ?? 1,
  maxHosts: settings.maxHosts ?? 16,
  maxQueue: settings.maxQueue ?? 256,
  maxHostBytes: settings.maxHostBytes ?? 4 * 2 ** 30,
  maxResidentBytes: settings.maxResidentBytes ?? Math.floor(MODELS_SHARE * memoryBytes()),
  loadTimeoutMs: settings.loadTimeoutMs ?? 120_000,
  retryPauseMs: settings.retryPauseMs ?? 30_000,
});
