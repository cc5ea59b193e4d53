/* SPDX-License-Identifier: Apache-2.0
 * A layer that `tconv build` made, for the benchmark's worker. Compiled with -DLAYER_NAME=NAME and
 * -DLAYER_HEADER="NAME.h". With more than one thread it runs through NAME_run_parallel on a pool whose threads stay. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "layer_calls.h"

#include LAYER_HEADER

#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define LAYER(x) JOIN(LAYER_NAME, x)

enum { kMaxThreads = 1024, kSpins = 4000, kNoMemory = -1, kNoThread = -2 };

static struct {
    LAYER(args) args;
    void *weights, *workspace;
} layer;

/* Threads spin a while for the next stage, then yield the processor between looks. */
static struct {
    pthread_t handles[kMaxThreads];
    int threads; /* the caller is one of them */
    int generation, stopping;
    int next, count, working;
    void (*body)(void *closure, int i);
    void *closure;
} pool;

static void pause_thread(int spins) {
    if (spins > kSpins) {
        sched_yield();
        return;
    }
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void do_tasks(void) {
    for (;;) {
        const int i = __atomic_fetch_add(&pool.next, 1, __ATOMIC_RELAXED);
        if (i >= pool.count) return;
        pool.body(pool.closure, i);
    }
}

static void *run_thread(void *unused) {
    (void)unused;
    for (int seen = 0;; seen++) {
        for (int spins = 0; __atomic_load_n(&pool.generation, __ATOMIC_ACQUIRE) == seen; spins++) pause_thread(spins);
        if (pool.stopping) return NULL;
        do_tasks();
        __atomic_fetch_sub(&pool.working, 1, __ATOMIC_RELEASE);
    }
}

static void parallel_for(void *unused, int count, void (*body)(void *closure, int i), void *closure) {
    (void)unused;
    pool.next = 0;
    pool.count = count;
    pool.body = body;
    pool.closure = closure;
    pool.working = pool.threads - 1;
    __atomic_fetch_add(&pool.generation, 1, __ATOMIC_RELEASE);
    do_tasks();
    for (int spins = 0; __atomic_load_n(&pool.working, __ATOMIC_ACQUIRE) > 0; spins++) pause_thread(spins);
}

static int start_pool(int threads) {
    memset(&pool, 0, sizeof pool);
    for (pool.threads = 1; pool.threads < threads; pool.threads++)
        if (pthread_create(&pool.handles[pool.threads], NULL, run_thread, NULL) != 0) return kNoThread;
    return 0;
}

static void stop_pool(void) {
    pool.stopping = 1;
    __atomic_fetch_add(&pool.generation, 1, __ATOMIC_RELEASE);
    for (int i = 1; i < pool.threads; i++) pthread_join(pool.handles[i], NULL);
}

static void *aligned_memory(size_t bytes) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, bytes + 64) != 0) return NULL;
    memset(memory, 0, bytes + 64);
    return memory;
}

int layer_open(const float *input, const float *filter, const float *bias, float *output, int threads) {
    memset(&layer, 0, sizeof layer);
    layer.weights = aligned_memory(LAYER(WEIGHTS_BYTES));
    layer.workspace = aligned_memory(LAYER(WORKSPACE_BYTES));
    if (!layer.weights || !layer.workspace) return kNoMemory;
    layer.args.input = input;
    layer.args.output = output;
    layer.args.weights = layer.weights;
    layer.args.workspace = layer.workspace;
    if (threads > kMaxThreads || start_pool(threads) != 0) return kNoThread;
    return LAYER(pack)(filter, bias, layer.weights);
}

long layer_output_elements(void) { return (long)LAYER(OUTPUT_ELEMENTS); }

int layer_run(void) {
    return pool.threads > 1 ? LAYER(run_parallel)(&layer.args, parallel_for, NULL) : LAYER(run)(&layer.args);
}

void layer_close(void) {
    stop_pool();
    free(layer.weights);
    free(layer.workspace);
}
