import { GRPCInferenceServiceService } from '@medserve/contracts/oip';
import type { FramePayload } from '@medserve/rpc';
import { decodeInferMessage } from './infer-message';

// grpc-js takes a message's length and has it copy itself; a `FramePayload` can do that without being one Buffer first.
const serialize = (message: FramePayload): Buffer => message as unknown as Buffer;

/** The service as the contract has it; where tensors pass, and for the configuration, with a codec of our own. */
export const INFERENCE_SERVICE = {
  ...GRPCInferenceServiceService,
  modelInfer: {
    ...GRPCInferenceServiceService.modelInfer,
    requestDeserialize: decodeInferMessage,
    responseSerialize: serialize,
  },
  modelStreamInfer: {
    ...GRPCInferenceServiceService.modelStreamInfer,
    requestDeserialize: decodeInferMessage,
    responseSerialize: serialize,
  },
  modelConfig: {
    ...GRPCInferenceServiceService.modelConfig,
    responseSerialize: serialize,
  },
};
