#!/usr/bin/env bash
# Installs what is missing and runs every test that needs no external service. With KAFKA_HOME (a Kafka distribution, which is
# started and stopped again) or WOONKLY_TEST_BROKERS (HOST:PORT of a running one) also the suites against a real Kafka, and
# with WOONKLY_TEST_MOVIELENS (a directory with a MovieLens release) the figures of the model.
set -euo pipefail
cd "$(dirname "$0")/.."
./Deploy/install.sh --with-clients

stop_kafka() { :; }
if [ -z "${WOONKLY_TEST_BROKERS:-}" ] && [ -n "${KAFKA_HOME:-}" ]; then
  directory=$(mktemp -d)
  sed -e "s|^log.dirs=.*|log.dirs=$directory/data|" "$KAFKA_HOME/config/server.properties" >"$directory/server.properties"
  "$KAFKA_HOME/bin/kafka-storage.sh" format --standalone -t "$("$KAFKA_HOME/bin/kafka-storage.sh" random-uuid)" \
    -c "$directory/server.properties" >"$directory/log" 2>&1
  "$KAFKA_HOME/bin/kafka-server-start.sh" "$directory/server.properties" >>"$directory/log" 2>&1 &
  kafka=$!
  stop_kafka() { kill "$kafka" 2>/dev/null || true; wait "$kafka" 2>/dev/null || true; rm -rf "$directory"; }
  trap stop_kafka EXIT
  for _ in $(seq 60); do grep -q "Kafka Server started" "$directory/log" && break; sleep 1; done
  export WOONKLY_TEST_BROKERS=localhost:9092
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
long='MovieLensTests|SimulationTests|EndToEndTests|ReadmeTests'
swift test --skip "$long" "$@" </dev/null
swift test --skip-build --filter "$long" "$@" </dev/null

# The first command of the README, too.
./Deploy/demo.sh --duration 3
