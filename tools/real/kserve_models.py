"""Three small models on the model server of KServe's SDK: `kserve_models.py --http_port N --enable_grpc false`.

`add-sub` adds and subtracts INT32, `halves` gives FP16 back (which has no JSON form), and `bright-side` says on which side of an
image [1, 1, H, W] there is more light: logits [1, 2], left and right.
"""

import numpy as np
from kserve import InferOutput, InferResponse, Model, ModelServer


class Tensors(Model):
    def __init__(self, name: str):
        super().__init__(name)
        self.ready = True

    def run(self, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        raise NotImplementedError

    async def predict(self, payload, headers=None, response_headers=None):
        results = self.run({one.name: one.as_numpy() for one in payload.inputs})
        outputs = []
        for name, array in results.items():
            datatype = {"int32": "INT32", "float16": "FP16", "float32": "FP32"}[array.dtype.name]
            output = InferOutput(name, list(array.shape), datatype)
            output.set_data_from_numpy(array, binary_data=datatype == "FP16")
            outputs.append(output)
        return InferResponse(
            payload.id,
            self.name,
            outputs,
            use_binary_outputs=payload.use_binary_outputs,
            requested_outputs=payload.request_outputs,
        )


class AddSub(Tensors):
    def run(self, feeds):
        return {"sum": feeds["a"] + feeds["b"], "difference": feeds["a"] - feeds["b"]}


class Halves(Tensors):
    def run(self, feeds):
        return {"y": feeds["x"]}


class BrightSide(Tensors):
    def run(self, feeds):
        left, right = (half.mean() for half in np.array_split(feeds["image"], 2, axis=3))
        return {"logits": np.array([[left - right, right - left]], np.float32)}


ModelServer().start([AddSub("add-sub"), Halves("halves"), BrightSide("bright-side")])
