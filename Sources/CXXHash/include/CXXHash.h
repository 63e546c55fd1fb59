#pragma once
// XXH3 as inline functions: no library to link, and the compiler sees through them.
#include <stddef.h>
#include <stdint.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/// 128 bits in two halves, low first.
typedef struct {
  uint64_t low;
  uint64_t high;
} woonkly_hash128;

static inline uint64_t woonkly_xxh3_64(const void *bytes, size_t count, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, count, seed);
}

static inline woonkly_hash128 woonkly_xxh3_128(const void *bytes, size_t count, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
  woonkly_hash128 result = {hash.low64, hash.high64};
  return result;
}
