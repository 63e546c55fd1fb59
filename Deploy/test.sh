#!/usr/bin/env bash
# Installs what is missing and runs every test that needs no external service. With KAFKA_HOME (a Kafka distribution, which is
# started and stopped again) or WOONKLY_TEST_BROKERS (HOST:PORT of a running one) also the suites against a real Kafka, and
# with WOONKLY_TEST_MOVIELENS (a directory with a MovieLens release) the figures of the model.
#
#   test.sh [OPTIONS OF swift test]
#   test.sh --sanitizers [thread] [address]     instead: threads, decoders and tables under the sanitizers, some minutes each
set -euo pipefail
cd "$(dirname "$0")/.."
./Deploy/install.sh --with-clients

# Suites with threads of their own, or memory of their own; those that compute for minutes have neither.
sanitize() { # thread | address
  local suites preload=()
  case "$1" in
    thread)
      suites='KafkaTests|WorkerTests|HTTPServerTests|PosixDiskTests|MetricsTests|LoggerTests|ProgressTests|ServiceNotifierTests'
      # The sanitizer does not know C11's threads, which librdkafka uses.
      mkdir -p .build/thread
      "$(dirname "$(realpath "$(command -v swiftc)")")/clang" -O1 -shared -fPIC -o .build/thread/c11-threads.so \
        Deploy/c11-threads.c
      preload=("LD_PRELOAD=$PWD/.build/thread/c11-threads.so" "TSAN_OPTIONS=halt_on_error=1")
      ;;
    address)
      suites='KafkaTests|FeedEventsTests|CheckpointsTests|FuzzTests|IdentifierMapTests|UserLogTests|DigestTests|SearchTests|NumbersTests|FlatYAMLTests|ConfigurationTests|WorkerTests|HTTPServerTests|PosixDiskTests'
      # What Swift's runtime and libraries keep for good is no leak.
      preload=("ASAN_OPTIONS=detect_leaks=0")
      ;;
    *) echo "test.sh: there is no sanitizer $1, only thread and address" >&2; exit 64 ;;
  esac
  local build=(--sanitize="$1" --scratch-path ".build/$1")
  swift build --build-tests "${build[@]}" >&2
  env "${preload[@]}" swift test --skip-build "${build[@]}" --filter "$suites" </dev/null
}
if [ "${1:-}" = --sanitizers ]; then
  shift
  [ $# -gt 0 ] || set -- thread address
  for sanitizer; do sanitize "$sanitizer"; done
  exit
fi

if [ -z "${WOONKLY_TEST_BROKERS:-}" ] && [ -n "${KAFKA_HOME:-}" ]; then
  . Deploy/brokers.sh
  trap brokers_stop EXIT
  brokers_start 1
  export WOONKLY_TEST_BROKERS=$bootstrap
fi
if [ -z "${WOONKLY_TEST_BROKERS:-}" ]; then
  echo "Neither KAFKA_HOME nor WOONKLY_TEST_BROKERS is set: the suites against a real Kafka are skipped." >&2
fi
if [ -z "${WOONKLY_TEST_MOVIELENS:-}" ]; then
  echo "WOONKLY_TEST_MOVIELENS is not set: the suites on MovieLens are skipped." >&2
fi

# The tests run the program itself, too: the release build of it.
swift build -c release >&2
WOONKLY_TEST_PROGRAM="$(swift build -c release --show-bin-path)/woonkly-feed"
export WOONKLY_TEST_PROGRAM
# Long tests go by themselves: on few cores they would hold up those that have deadlines.
long='MovieLensTests|SimulationTests|EndToEndTests|SystemCallTests|SoakTests|ReadmeTests'
swift test --skip "$long" "$@" </dev/null
swift test --skip-build --filter "$long" "$@" </dev/null

# Mutated bytes for every reader, for a moment.
./Deploy/fuzz.sh 20

# The first command of the README, too.
./Deploy/demo.sh --duration 3
