/* SPDX-License-Identifier: Apache-2.0
 * Times one library:
 *
 *     layer_time REPEATS THREADS
 *
 * prints one line a repeat, the mean time of a call in milliseconds. A repeat lasts at least 50 ms. Data is random and
 * stays in the caches as far as it fits. With more than one thread the layer runs through NAME_run_parallel. */
#include "layer_support.h"
#include "opencl_device.h"
#include "timing.h"

static const double kRepeatSeconds = 0.05;
static const double kEnoughSeconds = 30; /* slow emulators: no repeat starts after that */

static void call(const LAYER(args) * args, Pool *pool) {
    if (pool->threads > 1)
        require_ok("run_parallel", LAYER(run_parallel)(args, parallel_for, pool));
    else
        require_ok("run", LAYER(run)(args));
}

static double seconds_of(const LAYER(args) * args, Pool *pool, long calls) {
    const double start = now();
    for (long i = 0; i < calls; i++) call(args, pool);
    return now() - start;
}

int main(int argc, char **argv) {
    static Pool pool;
    LAYER(args) args;
    double start, seconds;
    long calls = 1, repeats;
    if (argc != 3) fail("usage: layer_time REPEATS THREADS");
    repeats = strtol(argv[1], NULL, 10);
    pool.threads = (int)strtol(argv[2], NULL, 10);
    require_processor();
    choose_opencl_device();
    memset(&args, 0, sizeof args);
    args.input = random_cells(LAYER(INPUT_ELEMENTS), 1);
    args.output = aligned_memory(LAYER(OUTPUT_ELEMENTS) * sizeof(float));
    args.workspace = aligned_memory(LAYER(WORKSPACE_BYTES));
#if !LAYER(WEIGHTS_IN_LIBRARY)
    {
        void *weights = aligned_memory(LAYER(WEIGHTS_BYTES));
        const float *filter = random_cells(LAYER(FILTER_ELEMENTS), 2);
        require_ok("pack", LAYER(pack)(filter, random_cells(LAYER(BIAS_ELEMENTS), 3), weights));
        args.weights = weights;
    }
#endif
    start_workers(&pool);

    /* The first call warms up and is not counted; further ones find out how many make a repeat. */
    start = now();
    seconds = seconds_of(&args, &pool, 1);
    if (seconds < kRepeatSeconds) seconds = seconds_of(&args, &pool, 1);
    while (seconds < kRepeatSeconds) {
        calls = more_calls(calls, seconds, kRepeatSeconds);
        seconds = seconds_of(&args, &pool, calls);
    }
    for (long repeat = 0; repeat < repeats && (repeat == 0 || now() - start < kEnoughSeconds); repeat++) {
        printf("ms %.6f\n", 1e3 * seconds_of(&args, &pool, calls) / (double)calls);
        fflush(stdout);
    }
    return 0;
}
