#!/bin/bash
# Checks what the compiler cannot: who may include what, and what may be named.
cd "$(dirname "$0")/.." || exit
git rev-parse --git-dir > /dev/null || exit
failed=0

# Code before any comment on a line.
code='^([^/]|/[^/])*'

# ban WHY PATTERN PATHSPEC…: in git's pathspecs "*" crosses slashes.
ban() {
  local why=$1 pattern=$2
  shift 2
  # With /dev/null grep has a file to read even where no path matches.
  if git ls-files -z -- "$@" |
    xargs -0 grep -sHnE -e "$pattern" /dev/null; then
    echo "error: $why"
    failed=1
  fi
}

ban "core knows nothing of the wire" \
  '#include.*(grpc|\.pb\.h|boost/asio|boost/beast|"server/|"clients/)' 'core/*'
ban "only core/engine knows libllama" \
  '#include.*<(llama|ggml|gguf)[a-z-]*\.h>' \
  '*.h' '*.cc' ':!core/engine/*' ':!tests/*'
ban "clients know the contract only" '#include "(core|server)/' 'clients/*'
ban "what is shipped needs no test" '#include "tests/' core server clients
ban "server holds no lock and starts no thread" \
  "$code(std::(mutex|shared_mutex|j?thread)\b|\bMutex)" \
  'server/*.h' 'server/*.cc'
ban "core locks with core/mutex.h, which TSan and clang understand" \
  'std::(mutex|shared_mutex|lock_guard|unique_lock|scoped_lock)\b|absl::Mutex' \
  'core/*' ':!core/mutex.h'
ban "we throw nothing" "$code\bthrow\b" 'core/*' 'server/*'
# A file that may catch calls a library that throws: named here.
ban "only what calls a library that throws catches" "$code\bcatch\b" \
  'core/*' 'server/*' ':!server/config.cc' ':!core/engine/chat_template.cc'
ban "no global using in headers" '^using namespace' '*.h'
ban "tests do not sleep" 'sleep_for|usleep|absl::SleepFor' 'tests/*'
ban "a TODO names its issue" 'TODO($|[^(]|\([^#])' \
  core server clients tests proto
if git ls-files core server tests |
  grep -iE '(util|helper|manager|common|misc)'; then
  echo "error: name the file after the idea in it"
  failed=1
fi
exit "$failed"
