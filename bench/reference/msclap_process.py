"""Runs the PyTorch encoders for the benchmark. Lines of JSON on standard input, one line of JSON for each on standard output.

{"op": "open", "threads": 2, "audio": true, "text": true}   -> {"torch": "1.13.1"}
{"op": "audio", "pcm": "/path.f32", "batch": 1}             -> {"seconds": 0.1, "cpuSeconds": 0.2, "peakKiB": 1000000, "embedding": [1024 numbers of the first row]}
{"op": "text", "ids": [[1, 2, 3]]}                          -> the same
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import torch

import msclap_model


def main() -> None:
    models: dict[str, torch.nn.Module] = {}
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "open":
            torch.set_num_threads(request["threads"])
            if request.get("audio"):
                models["audio"] = msclap_model.fill(msclap_model.AudioEncoder(), audio=True)
            if request.get("text"):
                models["text"] = msclap_model.fill(msclap_model.TextEncoder(), audio=False)
            answer: dict[str, object] = {"torch": torch.__version__}
        else:
            if request["op"] == "audio":
                pcm = np.fromfile(request["pcm"], np.float32).reshape(-1, msclap_model.SAMPLES)
                given = torch.from_numpy(np.resize(pcm, (request["batch"], msclap_model.SAMPLES)))
            else:
                given = torch.tensor(request["ids"])
            with torch.inference_mode():
                started, cpu = time.perf_counter(), time.process_time()
                embeddings = models[request["op"]](given)
                seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            answer = {
                "seconds": seconds,
                "cpuSeconds": cpu,
                "embedding": embeddings[0].tolist(),
                "peakKiB": peak,
            }
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
