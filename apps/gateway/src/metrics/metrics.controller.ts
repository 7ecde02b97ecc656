import { Controller, Get, Headers, Res } from '@nestjs/common';
import {
  exposeMetrics,
  KeptCounts,
  type CollectedMetrics,
  type Exposition,
  type Instruments,
  type Logger,
} from '@medserve/runtime';
import type { FastifyReply } from 'fastify';
import { RequireAccess } from '../http/access';
import { peersNow } from './metrics-peers';

const PEER_TIMEOUT_MS = 1_000;

/** The metrics of all processes, this one's and those that serve theirs on loopback. */
export class PlatformMetrics {
  private readonly kept = new KeptCounts();
  private reading: Promise<CollectedMetrics[]> | undefined;

  constructor(
    private readonly instruments: Instruments,
    private readonly peers: readonly string[],
    private readonly logger: Logger,
  ) {}

  /** @param accept which form the reader prefers */
  async exposition(accept: string | undefined): Promise<Exposition> {
    // One at a time: an answer that an older one overtook would look like a process that began anew.
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
    });
    return exposeMetrics(await this.reading, accept);
  }

  private async readAll(): Promise<CollectedMetrics[]> {
    const urls = await this.peersNow();
    const answers = await Promise.all(urls.map(async (url) => ({ url, metrics: await this.read(url) })));
    const rest = answers.flatMap(({ url, metrics }) => (metrics === undefined ? [] : [this.kept.add(url, metrics)]));
    return [await this.instruments.collect(), this.kept.collect(), ...rest];
  }

  private async peersNow(): Promise<readonly string[]> {
    try {
      return await peersNow(this.peers);
    } catch (error) {
      this.logger.warn('it cannot be read where the metrics of other processes are', { error });
      return [];
    }
  }

  /** Of a process that does not answer the gauges are missing from this exposition; what it counted stays. */
  private async read(url: string): Promise<CollectedMetrics | undefined> {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(PEER_TIMEOUT_MS) });
      if (!answer.ok) throw new Error(`it answered with ${String(answer.status)}`);
      return (await answer.json()) as CollectedMetrics;
    } catch (error) {
      this.logger.warn('the metrics of a process could not be read', { error });
      return undefined;
    }
  }
}

@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: PlatformMetrics) {}

  @Get()
  @RequireAccess('loopback')
  async expose(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const { contentType, text } = await this.metrics.exposition(accept);
    void reply.header('content-type', contentType).send(text);
  }
}
