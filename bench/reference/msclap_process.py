"""Runs the PyTorch encoders for the benchmark. Lines of JSON on standard input, one line of JSON for each on standard output.

{"op": "open", "threads": 2, "audio": true, "text": true}   -> {"torch": "1.13.1", "device": "cpu"}
    with "gpu": true, what PyTorch sees first                -> {..., "device": its name}, or null and nothing is opened
{"op": "audio", "pcm": "/path.f32", "batch": 1}             -> {"seconds": 0.1, "cpuSeconds": 0.2, "peakKiB": 1000000, "embedding": [1024 numbers of the first row]}
{"op": "text", "ids": [[1, 2, 3]]}                          -> the same
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time

import numpy as np
import torch

import msclap_model


def main() -> None:
    models: dict[str, torch.nn.Module] = {}
    place = torch.device("cpu")
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "open":
            torch.set_num_threads(request["threads"])
            name: str | None = "cpu"
            if request.get("gpu"):
                name = torch.cuda.get_device_name() if torch.cuda.is_available() else None
                place = torch.device("cpu" if name is None else "cuda")
            if request.get("audio") and name is not None:
                models["audio"] = msclap_model.fill(msclap_model.AudioEncoder()).to(place)
            if request.get("text") and name is not None:
                models["text"] = msclap_model.fill(msclap_model.TextEncoder()).to(place)
            answer: dict[str, object] = {"torch": torch.__version__, "device": name}
        else:
            if request["op"] == "audio":
                pcm = np.fromfile(request["pcm"], np.float32).reshape(-1, msclap_model.AUDIO_2023.samples)
                given = torch.from_numpy(np.resize(pcm, (request["batch"], msclap_model.AUDIO_2023.samples)))
            else:
                given = torch.tensor(request["ids"])
            half = torch.autocast(place.type, torch.float16) if request.get("half") else contextlib.nullcontext()
            with torch.inference_mode(), half:
                started, cpu = time.perf_counter(), time.process_time()
                embeddings = models[request["op"]](given.to(place)).float().cpu()  # waits for the device
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
