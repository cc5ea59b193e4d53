/* SPDX-License-Identifier: Apache-2.0
 * What programs that time libraries share: a clock, data, and threads that run the tasks of a layer. */
#ifndef TCONV_TIMING_H
#define TCONV_TIMING_H

#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "program_failure.h"

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* How many calls to try next, after so many took `seconds`, which is too short: a tenth more than should do, and at most ten
 * times as many. */
static long more_calls(long calls, double seconds, double wanted_seconds) {
    const double wanted = 1.1 * wanted_seconds / seconds * (double)calls;
    return seconds > 0 && wanted < 10.0 * (double)calls ? (long)wanted + 1 : 10 * calls;
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

#endif
