/* SPDX-License-Identifier: Apache-2.0
 * Times one library:
 *
 *     layer_time REPEATS THREADS
 *
 * prints one line a repeat, the mean time of a call in milliseconds. A repeat lasts at least 50 ms. Data is random and
 * stays in the caches as far as it fits. With more than one thread the layer runs through NAME_run_parallel. */
#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "layer_support.h"
#include "opencl_device.h"

static const double kRepeatSeconds = 0.05;
static const double kEnoughSeconds = 30; /* slow emulators: no repeat starts after that */

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void *aligned_memory(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, bytes + 64) != 0) fail("no memory for %zu bytes", bytes);
    memset(memory, 0, bytes + 64);
    return memory;
}

static float *random_cells(size_t count, uint32_t seed) {
    float *cells = aligned_memory(count * sizeof(float));
    for (size_t i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        cells[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
    return cells;
}

/* A pool whose workers spin between the stages of a layer, and yield the processor while they do. */
typedef struct Pool {
    int threads; /* the caller is one of them */
    int generation;
    int next, count;
    int working;
    void (*body)(void *closure, int i);
    void *closure;
} Pool;

static void work(Pool *pool) {
    for (;;) {
        const int i = __atomic_fetch_add(&pool->next, 1, __ATOMIC_RELAXED);
        if (i >= pool->count) return;
        pool->body(pool->closure, i);
    }
}

static void *worker(void *argument) {
    Pool *pool = argument;
    for (int seen = 0;; seen++) {
        while (__atomic_load_n(&pool->generation, __ATOMIC_ACQUIRE) == seen) sched_yield();
        work(pool);
        __atomic_fetch_sub(&pool->working, 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

static void start_workers(Pool *pool) {
    for (int i = 1; i < pool->threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, worker, pool) != 0) fail("cannot start thread %d", i);
        pthread_detach(thread);
    }
}

static void parallel_for(void *context, int count, void (*body)(void *closure, int i), void *closure) {
    Pool *pool = context;
    pool->next = 0;
    pool->count = count;
    pool->body = body;
    pool->closure = closure;
    pool->working = pool->threads - 1;
    __atomic_fetch_add(&pool->generation, 1, __ATOMIC_RELEASE);
    work(pool);
    while (__atomic_load_n(&pool->working, __ATOMIC_ACQUIRE) > 0) sched_yield();
}

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
        const double wanted = seconds > 0 ? 1.1 * kRepeatSeconds / seconds * (double)calls : 1e9;
        calls = wanted > 10.0 * (double)calls ? 10 * calls : (long)wanted + 1;
        seconds = seconds_of(&args, &pool, calls);
    }
    for (long repeat = 0; repeat < repeats && (repeat == 0 || now() - start < kEnoughSeconds); repeat++) {
        printf("ms %.6f\n", 1e3 * seconds_of(&args, &pool, calls) / (double)calls);
        fflush(stdout);
    }
    return 0;
}
