import { processSettings } from '@medserve/runtime';
import type { z } from 'zod';
import { gatewayService } from '../../../apps/gateway/src/start/gateway-service';
import { inferenceService } from '../../../apps/inference/src/service';
import { monitorService } from '../../../apps/monitor/src/service';
import { recorderService } from '../../../apps/recorder/src/service';
import { routerService } from '../../../apps/router/src/service';
import { scalerService } from '../../../apps/scaler/src/service';

const SERVICES: Readonly<Record<string, { readonly settings: z.ZodType }>> = {
  gateway: gatewayService,
  inference: inferenceService,
  monitor: monitorService,
  recorder: recorderService,
  router: routerService,
  scaler: scalerService,
};

export const APPS = Object.keys(SERVICES).sort();

/** Read by what every process has in common, or by Node and the C library. */
const OTHERS = ['GLIBC_TUNABLES', 'MEDSERVE_LOG_LEVEL', 'OTEL_EXPORTER_OTLP_ENDPOINT'];

const shapeOf = (schema: z.ZodType): string[] => Object.keys((schema as z.ZodObject).shape);

function settingsOf(app: string): z.ZodType {
  const found = SERVICES[app];
  if (found === undefined) throw new Error(`there is no service ${app}`);
  return found.settings;
}

/** Which of our services a command starts. */
export const appOf = (command: readonly string[] = []): string | undefined =>
  /^dist\/(\w+)\.js$/.exec(command.at(-1) ?? '')?.[1];

/** Those of the variables that the service would not look at. */
export function unknownTo(app: string, variables: readonly string[]): string[] {
  const known = new Set([...shapeOf(settingsOf(app)), ...shapeOf(processSettings), ...OTHERS]);
  return variables.filter((name) => !known.has(name));
}

/** What the service would say of this environment before it starts. */
export const mistakesFor = (app: string, environment: Readonly<Record<string, unknown>>): string[] =>
  [processSettings, settingsOf(app)].flatMap((schema) =>
    (schema.safeParse(environment).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`),
  );
