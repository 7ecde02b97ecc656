import { gatewayService } from '@medserve/app-gateway';
import { monitorService } from '@medserve/app-monitor';
import { recorderService } from '@medserve/app-recorder';
import { routerService } from '@medserve/app-router';
import { scalerService } from '@medserve/app-scaler';
import { Lifecycle, loadSettings, runService, type Service, type ServiceContext } from '@medserve/runtime';
import { z } from 'zod';

const GRACE_MS = 7_500;

/* Anything: each service checks its own part. */
const environment = z.record(z.string(), z.string().optional());
type Environment = z.output<typeof environment>;

const startIn = <S>(service: Service<S>, settings: Environment, context: ServiceContext) =>
  service.start(loadSettings(service.settings, settings), context);

/**
 * The single shape: gateway, router, recorder, monitor and, where pods follow the demand, the scaler in one process, which still talk over sockets, so that the code path is that
 * of a cluster. The one place where apps meet.
 */
const platformService: Service<Environment> = {
  name: 'platform',
  settings: environment,
  async start(settings, context) {
    const lifecycle = new Lifecycle(context.logger, GRACE_MS);
    try {
      lifecycle.add('recorder', await startIn(recorderService, settings, context));
      lifecycle.add('monitor', await startIn(monitorService, settings, context));
      lifecycle.add('router', await startIn(routerService, settings, context));
      if (settings['MEDSERVE_ROUTERS'] !== undefined)
        lifecycle.add('scaler', await startIn(scalerService, settings, context));
      const gateway = lifecycle.add('gateway', await startIn(gatewayService, settings, context));
      return { addresses: gateway.addresses, close: () => lifecycle.close() };
    } catch (error) {
      await lifecycle.close();
      throw error;
    }
  },
};

void runService(platformService);
