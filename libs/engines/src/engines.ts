import type { Engine } from './engine';
import { oipEngine } from './oip/oip-engine';
import { onnxEngine } from './onnx/onnx-engine';
import { openaiEngine } from './openai/openai-engine';

/* One line an engine. */
const engines: readonly Engine[] = [onnxEngine, openaiEngine, oipEngine];

export const ENGINES: ReadonlyMap<string, Engine> = new Map(engines.map((engine) => [engine.id, engine]));
