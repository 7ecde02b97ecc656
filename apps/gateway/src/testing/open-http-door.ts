import { silentLogger, type Instruments } from '@medserve/runtime';
import type { Authenticator } from '@medserve/security';
import type { GatewayParts } from '../door/gateway.module';
import { startHttpServer, type HttpServer, type HttpServerOptions } from '../door/http-server';
import { BodyBudget } from '../http/body-budget';
import { DEFAULT_LIMITS } from '../infer/limits';
import { PRINCIPAL } from './image-world';
import { openDoor } from './open-door';

type Wishes = Partial<Pick<HttpServerOptions, 'limits' | 'budget' | 'doorkeeper' | 'console'>>;

export interface HttpDoorOptions extends Wishes {
  /** What of all that stands behind the door is asked for. */
  readonly parts: Partial<GatewayParts>;
  readonly instruments: Instruments;
  readonly authenticator?: Pick<Authenticator, 'authenticate'>;
}

const EVERYBODY: Pick<Authenticator, 'authenticate'> = { authenticate: () => Promise.resolve(PRINCIPAL) };

/** The HTTP door at a port of its own, where nothing else is said with the limits of a gateway, and open to all: whoever comes is one. */
export const openHttpDoor = ({
  parts,
  authenticator = EVERYBODY,
  limits = DEFAULT_LIMITS,
  ...rest
}: HttpDoorOptions): Promise<HttpServer> =>
  startHttpServer({
    host: '127.0.0.1',
    port: 0,
    limits,
    budget: new BodyBudget(limits.bodiesInFlightBytes),
    logger: silentLogger,
    doorkeeper: openDoor,
    ...rest,
    parts: parts as GatewayParts,
    authenticator: authenticator as Authenticator,
  });
