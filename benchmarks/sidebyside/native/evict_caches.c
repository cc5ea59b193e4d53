/* SPDX-License-Identifier: Apache-2.0
 * Empties the caches before a cold run: writes memory larger than they are, then gives the written lines back, so that
 * the run neither finds its data nor waits for lines of others to be written. */
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

enum { kLine = 64 };
static const size_t kBytes = (size_t)160 << 20;

int evict_caches(void) {
    static char *memory;
    static int value;
    if (!memory && !(memory = malloc(kBytes))) return -1;
    memset(memory, ++value & 0xFF, kBytes);
#if defined(__x86_64__)
    for (size_t i = 0; i < kBytes; i += kLine) _mm_clflush(memory + i);
    _mm_mfence();
#endif
    return 0;
}
