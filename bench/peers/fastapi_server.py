"""The bare server that the platform is held against: FastAPI and ONNX Runtime, raw bytes in, raw bytes out.

Two uvicorn workers with uvloop and httptools, one thread a session: the fastest of the settings that were tried. It checks,
records, queues and batches nothing.

    BENCH_PORT=8000 BENCH_MODELS='{"name": ["path.onnx", "x", "FP32", [1024]]}' python fastapi_server.py
"""
import json
import os

import uvicorn
from fastapi import FastAPI, Request, Response

DTYPES = {"FP32": "float32", "UINT8": "uint8"}
WORKERS = 2


def load(path, name, datatype, shape):
    import numpy as np
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(path, options, ["CPUExecutionProvider"])
    return lambda body: session.run(None, {name: np.frombuffer(body, DTYPES[datatype]).reshape(shape)})[0].tobytes()


app = FastAPI()
# The process that only watches over the workers needs none.
described = {} if __name__ == "__main__" else json.loads(os.environ["BENCH_MODELS"])
models = {name: load(*parts) for name, parts in described.items()}


@app.post("/predict/{name}")
async def predict(name: str, request: Request) -> Response:
    return Response(models[name](await request.body()), media_type="application/octet-stream")


if __name__ == "__main__":
    uvicorn.run(
        "fastapi_server:app",
        host="127.0.0.1",
        port=int(os.environ["BENCH_PORT"]),
        workers=WORKERS,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )
