#!/bin/sh
# One setting of the first stage (or, with STAGE=all, of both), with whole sources held out in turn: three folds of different
# kinds. Texts are pretrained once, without any of the folds. Usage: training/holdouts.sh NAME [options of contrastive.py];
# results in .cache/held/NAME-*.json.
set -eu
cd "$(dirname "$0")"
name="$1"; shift
python="${PYTHON:-/usr/bin/python3}"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p .cache/held

sources_of() {
  case "$1" in
    effects) echo cdda-cc-sounds ;;                                                                    # a game's foley, weapons, weather
    drums) echo keyboardia oramics-sampled tr808-fischer uzu-drumkit freepats-world-percussion salamander ;;  # drums and instruments
    library) echo berklee doggy-daycare ;;                                                             # a library of everything, dogs
  esac
}

if [ ! -e .cache/held-text/text.pt ]; then
  # shellcheck disable=SC2046  # lists of sources
  "$python" pretrain_text.py --run held-text --hold-out $(sources_of effects) $(sources_of drums) $(sources_of library)
fi
for fold in ${FOLDS:-effects drums library}; do
  held="$(sources_of "$fold")"
  run="held-$fold-$name"
  out=".cache/held/$name-$fold.json"
  [ -e "$out" ] && continue
  # shellcheck disable=SC2086  # a list of sources
  "$python" contrastive.py heads --run "$run" --text held-text --epochs "${EPOCHS:-5}" --hold-out $held "$@"
  "$python" average.py --run "$run" heads-1
  cached=--heads
  if [ "${STAGE:-heads}" = all ]; then
    # shellcheck disable=SC2086
    "$python" contrastive.py all --start heads-1 --run "$run" --epochs "${ALL_EPOCHS:-2}" --hold-out $held "$@"
    "$python" average.py --run "$run" all-1
    cached=
  fi
  # shellcheck disable=SC2086
  "$python" class_part.py --run "$run" --hold-out $held
  # shellcheck disable=SC2086
  "$python" evaluate.py --run "$run" $cached --sources $held --json "$out" > /dev/null
  # shellcheck disable=SC2086
  "$python" evaluate.py --run "$run" $cached --split dev2 --json ".cache/held/$name-$fold-dev2.json" > /dev/null
  rm -r ".cache/$run"
done
