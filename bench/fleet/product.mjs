import * as fleet from '@medserve/fleet';
import * as serving from '@medserve/serving';

/* What the product decides with: the simulator has no decision code of its own. CommonJS comes as the default where Node loads it. */
export const { ReplicaDecider } = serving.default ?? serving;
export const { KIND_DEFAULTS } = fleet.default ?? fleet;
