#!/usr/bin/env bash
# Feeds mutated bytes to everything that reads bytes from outside: events, catalog, lists, journal, checkpoints, configuration.
#
#   fuzz.sh [SECONDS] [TARGET…]      SECONDS in all (default 60), shared by the targets (default: every one)
#
# libFuzzer under the address sanitizer, from the inputs in Tests/Fuzz/Corpus/TARGET. What makes a target trap is left
# there as crash-…, where it stays as a test: FuzzTests replays the corpus. What only reaches new code is kept beside the build.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(interactions catalog recommendations journal checkpoint yaml settings)

export WOONKLY_FUZZ=1
# Not a release build, whose checks are fewer. Two sanitizers at once leave Swift without coverage, and libFuzzer blind: it is
# asked for by name.
build=(--scratch-path .build/fuzz --sanitize=fuzzer --sanitize=address
  -Xswiftc "-sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table" --product woonkly-feed-fuzz)
swift build "${build[@]}" 2>&1 | grep -v "Cannot export local symbol" >&2
program=$(swift build "${build[@]}" --show-bin-path)/woonkly-feed-fuzz

# Swift's backtraces would take the signal from libFuzzer, which then writes no crash file.
export SWIFT_BACKTRACE=enable=no
share=$(((seconds + ${#targets[@]} - 1) / ${#targets[@]}))
failed=0
for target in "${targets[@]}"; do
  corpus=Tests/Fuzz/Corpus/$target
  found=.build/fuzz/found/$target
  mkdir -p "$found"
  # Odd names of files are no leaks; a list of 1 MiB is the longest that is read; an input may take 5 s, and 2 GiB.
  if WOONKLY_FUZZ_TARGET=$target ASAN_OPTIONS=detect_leaks=0 "$program" -max_total_time="$share" -timeout=5 \
    -rss_limit_mb=2048 -max_len=4096 -artifact_prefix="$corpus/" -print_final_stats=1 "$found" "$corpus" \
    >"$found.log" 2>&1; then
    echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$found.log") inputs, $(
      sed -n 's/.*\(cov: [0-9]*\).*/\1/p' "$found.log" | tail -1), nothing found"
  else
    echo "$target: FOUND"
    grep -E "ERROR|Fatal error|Test unit written|SUMMARY|Base64" "$found.log" | head -8
    failed=1
  fi
done
exit $failed
