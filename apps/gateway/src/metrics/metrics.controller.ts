import { Controller, Get, Headers, Res } from '@nestjs/common';
import { exposeMetrics, type Exposition, type Instruments, type Logger } from '@medserve/runtime';
import type { FastifyReply } from 'fastify';
import { RequireAccess } from '../http/access';
import { peersNow } from './metrics-peers';

const PEER_TIMEOUT_MS = 1_000;

/** The metrics of all processes, this one's and those that serve theirs on loopback. */
export class PlatformMetrics {
  constructor(
    private readonly instruments: Instruments,
    private readonly peers: readonly string[],
    private readonly logger: Logger,
  ) {}

  /** @param accept which form the reader prefers */
  async exposition(accept: string | undefined): Promise<Exposition> {
    const others = await Promise.all((await this.peersNow()).map((url) => this.read(url)));
    const all = [await this.instruments.collect(), ...others.filter((metrics) => metrics !== undefined)];
    return exposeMetrics(all, accept);
  }

  private async peersNow(): Promise<readonly string[]> {
    try {
      return await peersNow(this.peers);
    } catch (error) {
      this.logger.warn('it cannot be read where the metrics of other processes are', { error });
      return [];
    }
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
  async expose(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    const { contentType, text } = await this.metrics.exposition(accept);
    void reply.header('content-type', contentType).send(text);
  }
}
