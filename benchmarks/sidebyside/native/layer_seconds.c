/* SPDX-License-Identifier: Apache-2.0 */
#include <time.h>

#include "layer_calls.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double layer_seconds(long calls) {
    const double start = now();
    for (long i = 0; i < calls; i++)
        if (layer_run() != 0) return -1;
    return now() - start;
}
