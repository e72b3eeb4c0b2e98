#!/bin/sh
# One setting of the joint training, with whole sources held out in turn: three folds of different kinds, one short run each.
# Usage: training/holdouts.sh NAME [options of contrastive.py]; results in .cache/held/NAME-*.json. RENEW_TEXT=1 pretrains texts anew.
set -eu
cd "$(dirname "$0")"
name="$1"; shift
python="${PYTHON:-/usr/bin/python3}"
epochs="${EPOCHS:-12}"
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
mkdir -p .cache/held

sources_of() {
  case "$1" in
    effects) echo cdda-cc-sounds ;;                                                                    # a game's foley, weapons, weather
    drums) echo keyboardia oramics-sampled tr808-fischer uzu-drumkit freepats-world-percussion salamander ;;  # drums and instruments
    library) echo berklee doggy-daycare ;;                                                             # a library of everything, dogs
  esac
}

for fold in ${FOLDS:-effects drums library}; do
  held="$(sources_of "$fold")"
  run="held-$fold-$name"
  out=".cache/held/$name-$fold.json"
  [ -e "$out" ] && continue
  text=".cache/held-text-$fold"
  if [ ! -e "$text/text.pt" ]; then
    # shellcheck disable=SC2086  # a list of sources
    "$python" pretrain_text.py --run "held-text-$fold" --hold-out $held
  fi
  mkdir -p ".cache/$run"
  cp "$text/text.pt" "$text/tokenizer.json" ".cache/$run/"
  if [ -n "${AUDIO_EPOCHS:-}" ]; then
    # shellcheck disable=SC2086
    "$python" pretrain_audio.py --run "$run" --epochs "$AUDIO_EPOCHS" --hold-out $held "$@"
  fi
  # shellcheck disable=SC2086
  "$python" contrastive.py --run "$run" --epochs "$epochs" --half-windows 1 --hold-out $held "$@"
  # shellcheck disable=SC2086
  "$python" evaluate.py --run "$run" --sources $held --json "$out" > /dev/null
  "$python" evaluate.py --run "$run" --json ".cache/held/$name-$fold-dev.json" > /dev/null
  rm -r ".cache/$run"
done
