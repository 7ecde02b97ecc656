import { RequestClass } from '@medserve/contracts';
import type { IncomingRequest } from '@medserve/rpc';
import { hashText } from '@medserve/serving';
import type { Host, Replica } from '../replica';
import { ScalingPool } from '../demand/scaling-pool';
import { risingProgress } from '../rising-progress';
import type { Seats } from '../seat';
import type { ShedReason } from '../settings';
import type { Startable } from '../startable';
import { Traffic } from '../traffic';
import { WaitingRoom } from '../waiting-room';
import { poolTerms } from './pool-terms';

/** A replica whose pod loads the model for as long as the test wants, and whose host answers when it wants. */
export class FakeReplica implements Startable {
  readonly pod = 'pod:1';
  readonly podHash = hashText('pod:1');
  readonly reachable = true;
  readonly digest = 'sha256:a';
  state: Startable['state'] = 'cold';
  link: Startable['link'] = 'none';
  inFlight = 0;
  limit = 100;
  readonly capacity = 1;
  readonly ejectedUntilMs = 0;
  latencyMs = 0;
  openingSinceMs: number | undefined;
  openings = 0;
  readonly scaling = new ScalingPool(poolTerms(), new Traffic().observer);
  private settle: { resolve(): void; reject(error: unknown): void } | undefined;

  constructor(readonly expectedLoadMs: number) {}

  becameReady(): boolean {
    return false;
  }

  open(): Promise<void> {
    this.openings += 1;
    this.link = 'opening';
    this.openingSinceMs = performance.now();
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  opened(): void {
    this.link = 'up';
    this.openingSinceMs = undefined;
    this.latencyMs = 0;
    this.settle?.resolve();
  }

  failed(error: unknown): void {
    this.link = 'none';
    this.openingSinceMs = undefined;
    this.settle?.reject(error);
  }
}

export interface Told {
  readonly phase: string;
  readonly percent: number;
  readonly expectedMs: number | undefined;
}

interface Wish {
  readonly deadlineMs?: number;
  readonly wantsProgress?: boolean;
  readonly requestClass?: RequestClass;
}

/** A waiting room over one replica. */
export class FakeRoom {
  readonly shed: ShedReason[] = [];
  readonly told: Told[] = [];
  readonly room: WaitingRoom;

  constructor(
    readonly replica: FakeReplica,
    limit = 10,
  ) {
    const traffic = new Traffic({ onShed: (reason) => this.shed.push(reason) });
    const seats: Seats = {
      scaling: replica.scaling,
      isExpected: false,
      replicas: [replica],
      able: () => [replica],
      hasPlace: () => replica.link === 'up' && replica.inFlight < replica.limit,
      take: () => {
        replica.inFlight += 1;
        return { replica: replica as unknown as Replica, host: replica as unknown as Host, told: undefined };
      },
      nextToOpen: (passedOver) => (replica.link === 'none' && !passedOver.has(replica) ? replica : undefined),
      refusal: () => undefined,
    };
    this.room = new WaitingRoom(seats, limit, traffic);
  }

  /** The replica has answered one. */
  answer(): void {
    this.replica.inFlight -= 1;
    this.room.answered();
  }

  ask({ deadlineMs = 60_000, wantsProgress = true, requestClass = RequestClass.ROUTINE }: Wish = {}) {
    const receivedAtMs = performance.now();
    const request: IncomingRequest = {
      id: 'r',
      routing: {
        model: 'm',
        version: '',
        task: '',
        modality: '',
        requestClass,
        deadlineMs,
        tenant: 't',
        wantsProgress,
        affinityKey: '',
        wantsDecision: false,
        wantsDeltas: false,
        costUnits: 0,
        traceparent: '',
      },
      bytes: Buffer.alloc(0),
      receivedAtMs,
      deadlineAtMs: receivedAtMs + deadlineMs,
      signal: new AbortController().signal,
      progress: (phase, percent, expectedMs) => {
        this.told.push({ phase, percent, expectedMs });
      },
      forward: () => undefined,
    };
    return this.room.wait(risingProgress(request));
  }
}
