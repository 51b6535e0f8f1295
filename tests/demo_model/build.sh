#!/bin/sh
# Makes the demo model from nothing:
#
#   tests/demo_model/build.sh [OUT.gguf]
#
# Run it where libllama-dev, g++, cmake, python3-gguf and llama.cpp-tools are
# (deploy/shell tests/demo_model/build.sh). With libggml0-backend-blas and
# libopenblas0-pthread it takes about two thirds of the time. Without OUT.gguf
# it leaves the model in the work folder and changes nothing in the checkout.
# DEMO_MODEL_WORK and DEMO_MODEL_DOCUMENTS override the work folder and the size
# of the corpus.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
work=${DEMO_MODEL_WORK:-${TMPDIR:-/tmp}/hwledger-demo-model}
documents=${DEMO_MODEL_DOCUMENTS:-60000}
out=${1:-$work/demo.gguf}

# Threads that spin at barriers collapse when anything else runs.
export GOMP_SPINCOUNT=5000 OPENBLAS_NUM_THREADS=1
export PYTHONDONTWRITEBYTECODE=1

mkdir -p "$work"
cmake -G Ninja -S "$here" -B "$work/build" -DCMAKE_BUILD_TYPE=Release \
  >"$work/cmake.log"
cmake --build "$work/build" --target demo_model_train demo_model_evaluate

echo "1/5 writing the corpus"
python3 "$here/generate.py" "$work/corpus" --documents "$documents"
echo "2/5 training the tokenizer"
python3 "$here/make_gguf.py" start "$work/corpus" "$work/start.gguf"
echo "3/5 training the model"
"$work/build/demo_model_train" "$work/start.gguf" "$work/corpus" \
  "$work/trained.gguf"
echo "4/5 quantizing"
python3 "$here/make_gguf.py" finish "$work/trained.gguf" "$work/f32.gguf"
llama-quantize "$work/f32.gguf" "$out" Q8_0 1 >"$work/quantize.log" 2>&1
echo "5/5 evaluating"
"$work/build/demo_model_evaluate" "$out" "$work/corpus/questions.tsv" |
  tee "$work/evaluation.txt"
ls -l "$out"
