import { Controller, Get, Res } from '@nestjs/common';
import { mergeMetrics, type Instruments, type Logger } from '@medserve/runtime';
import type { FastifyReply } from 'fastify';
import { RequireAccess } from './access';

const PEER_TIMEOUT_MS = 1_000;

/** The metrics of all processes, this one's and those that serve theirs on loopback. */
export class PlatformMetrics {
  constructor(
    private readonly instruments: Instruments,
    private readonly peers: readonly string[],
    private readonly logger: Logger,
  ) {}

  async exposition(): Promise<string> {
    const others = await Promise.all(this.peers.map((url) => this.read(url)));
    return mergeMetrics([await this.instruments.collect(), ...others.filter((metrics) => metrics !== undefined)]);
  }

  /** A process that does not answer is missing from this exposition; the next one has it again. */
  private async read(url: string): Promise<unknown> {
    try {
      return await (await fetch(url, { signal: AbortSignal.timeout(PEER_TIMEOUT_MS) })).json();
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
  async expose(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await this.metrics.exposition());
  }
}
