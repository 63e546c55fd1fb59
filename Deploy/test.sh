#!/usr/bin/env bash
# Installs what is missing and runs every test that needs no external service. With KAFKA_HOME (a Kafka distribution, which is
# started and stopped again) or WOONKLY_TEST_BROKERS (HOST:PORT of a running one) also the suites against a real Kafka, and
# with WOONKLY_TEST_MOVIELENS (a directory with a MovieLens release) the figures of the model.
#
#   test.sh [OPTIONS OF swift test]
#   test.sh --sanitizers [threads] [thread] [address]    instead: under sanitizers, some minutes each (default: thread address)
#
#   threads   the thread sanitizer on whatever has threads of its own; every run of the tests begins with it, and with fuzz.sh,
#             which is the address sanitizer on whatever reads foreign bytes
#   thread    that, and the demo: the whole daemon on the embedded broker
#   address   the address sanitizer on the clients, the readers and the tables with memory of their own
set -euo pipefail
cd "$(dirname "$0")/.."

# Those that compute for minutes have neither threads nor memory of their own.
sanitize() { # threads | thread | address
  local sanitizer=$1 targets suites=. environment=()
  case "$1" in
    threads | thread)
      sanitizer=thread
      # Not what only has a Mutex: the type guards it, and the sanitizer does not see it wait.
      targets="KafkaTests HostTests"
      [ "$1" = threads ] || targets+=" woonkly-feed"
      # The sanitizer does not know C11's threads, which librdkafka uses.
      mkdir -p .build/thread
      "$(dirname "$(realpath "$(command -v swiftc)")")/clang" -O1 -shared -fPIC -o .build/thread/c11-threads.so \
        Deploy/c11-threads.c
      environment=("LD_PRELOAD=$PWD/.build/thread/c11-threads.so" "TSAN_OPTIONS=halt_on_error=1")
      ;;
    address)
      targets="KafkaTests TelemetryTests HostTests woonkly-feed FuzzTests FeedEventsTests CheckpointsTests LearningTests RetrievalTests SetupTests"
      suites='KafkaTests|TelemetryTests|HostTests|FuzzTests|FeedEventsTests|CheckpointsTests|IdentifierMapTests|UserLogTests|DigestTests|SearchTests|NumbersTests|FlatYAMLTests|ConfigurationTests'
      # What Swift's runtime and libraries keep for good is no leak.
      environment=("ASAN_OPTIONS=detect_leaks=0")
      ;;
    *) echo "test.sh: there is no sanitizer $1, only threads, thread and address" >&2; exit 64 ;;
  esac
  local build=(--sanitize="$sanitizer" --scratch-path ".build/$sanitizer")
  WOONKLY_TARGETS=$targets swift build --build-tests "${build[@]}" >&2
  WOONKLY_TARGETS=$targets env "${environment[@]}" swift test --skip-build "${build[@]}" --filter "$suites" </dev/null
  if [ "$1" = thread ]; then
    env "${environment[@]}" "$(swift build "${build[@]}" --show-bin-path)/woonkly-feed" demo --duration 5
  fi
}
if [ "${1:-}" = --sanitizers ]; then
  ./Deploy/install.sh --with-clients
  shift
  [ $# -gt 0 ] || set -- thread address
  for sanitizer; do sanitize "$sanitizer"; done
  exit
fi
./Deploy/install.sh --with-clients

if [ -z "${WOONKLY_TEST_BROKERS:-}" ]; then
  if [ -n "${KAFKA_HOME:-}" ]; then
    . Deploy/brokers.sh
    trap brokers_stop EXIT
    brokers_start 1
    export WOONKLY_TEST_BROKERS=$bootstrap
  else
    echo "Neither KAFKA_HOME nor WOONKLY_TEST_BROKERS is set: the suites against a real Kafka are skipped." >&2
  fi
fi
if [ -z "${WOONKLY_TEST_MOVIELENS:-}" ]; then
  echo "WOONKLY_TEST_MOVIELENS is not set: the suites on MovieLens are skipped." >&2
fi

# Runs two functions side by side. When one fails, the other ends with it.
together() {
  set -m # Each is a process group.
  "$1" &
  local one=$!
  "$2" &
  local other=$!
  set +m
  trap 'kill -- "-$one" "-$other" 2>/dev/null; exit 130' INT TERM
  if ! wait -n "$one" "$other" || ! wait "$one" || ! wait "$other"; then
    kill -- "-$one" "-$other" 2>/dev/null || true
    return 1
  fi
  trap - INT TERM
}

# The tests run the program itself, too: the release build of it. It uses one core; meanwhile, in builds of their own, threads,
# and mutated bytes for every reader, for a moment.
release() { swift build -c release >&2; }
instrumented() {
  sanitize threads
  ./Deploy/fuzz.sh 20
}
together release instrumented
WOONKLY_TEST_PROGRAM="$(swift build -c release --show-bin-path)/woonkly-feed"
export WOONKLY_TEST_PROGRAM

# Tests that compute for minutes get what the others leave: those wait for brokers and processes most of the time, and would
# miss their deadlines behind them. Tests of the whole program go by themselves, for the same reason.
computing='MovieLensTests|SimulationTests|PlantedBugTests'
whole='EndToEndTests|SystemCallTests|SoakTests|ReadmeTests'
options=("$@")
run() { "$@" "${options[@]}" </dev/null; }
computing() { # What it says comes in one piece, at its end.
  local status=0
  run nice -n 19 swift test --skip-build --ignore-lock --filter "$computing" >.build/computing.log 2>&1 || status=$?
  cat .build/computing.log
  return "$status"
}
waiting() {
  run swift test --skip-build --ignore-lock --skip "$computing|$whole"
  run swift test --skip-build --ignore-lock --filter "$whole"
}
run swift test --skip . # builds
together computing waiting

# The first command of the README, too.
./Deploy/demo.sh --duration 3
