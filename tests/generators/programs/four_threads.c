/* SPDX-License-Identifier: Apache-2.0
 * A library NAME = corner on four threads of the caller, again and again: always the bytes of a run on one thread. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corner.h"

enum { kThreads = 4, kRepeats = 50, kOutputBytes = corner_OUTPUT_ELEMENTS * sizeof(float) };

typedef struct {
    pthread_mutex_t lock;
    int next, count;
    void (*body)(void *closure, int i);
    void *closure;
} Work;

static int take(Work *work) {
    int i;
    pthread_mutex_lock(&work->lock);
    i = work->next < work->count ? work->next++ : -1;
    pthread_mutex_unlock(&work->lock);
    return i;
}

static void *worker(void *argument) {
    Work *work = (Work *)argument;
    int i;
    while ((i = take(work)) >= 0) work->body(work->closure, i);
    return NULL;
}

static void on_four_threads(void *context, int count, void (*body)(void *closure, int i), void *closure) {
    pthread_t threads[kThreads];
    Work work;
    int t;
    *(int *)context += count;
    pthread_mutex_init(&work.lock, NULL);
    work.next = 0;
    work.count = count;
    work.body = body;
    work.closure = closure;
    for (t = 0; t < kThreads; t++)
        if (pthread_create(&threads[t], NULL, worker, &work) != 0) exit(2);
    for (t = 0; t < kThreads; t++) pthread_join(threads[t], NULL);
    pthread_mutex_destroy(&work.lock);
}

static void *memory_of(size_t bytes) {
    void *memory = aligned_alloc(64, (bytes + 64) / 64 * 64);
    if (!memory) exit(2);
    memset(memory, 0, bytes);
    return memory;
}

static float *numbers(int64_t count, uint32_t seed) {
    float *values = (float *)memory_of((size_t)count * sizeof(float));
    int64_t i;
    for (i = 0; i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(seed >> 8) / 8388608.0f - 1.0f;
    }
    return values;
}

int main(void) {
    float *alone = (float *)memory_of(kOutputBytes), *together = (float *)memory_of(kOutputBytes);
    corner_args args = {NULL, NULL, NULL, NULL, NULL, NULL, NULL};
    void *weights = memory_of(corner_WEIGHTS_BYTES);
    int tasks = 0, repeat;
    if (corner_pack(numbers(corner_FILTER_ELEMENTS, 1), numbers(corner_BIAS_ELEMENTS, 2), weights) != corner_OK)
        return 2;
    args.input = numbers(corner_INPUT_ELEMENTS, 3);
    args.weights = weights;
    args.workspace = memory_of(corner_WORKSPACE_BYTES);
    args.output = alone;
    if (corner_run(&args) != corner_OK) return 2;
    args.output = together;
    for (repeat = 0; repeat < kRepeats; repeat++) {
        memset(together, 0xff, kOutputBytes);
        if (corner_run_parallel(&args, on_four_threads, &tasks) != corner_OK) return 2;
        if (memcmp(alone, together, kOutputBytes) != 0) {
            printf("run %d differs\n", repeat);
            return 1;
        }
    }
    /* The first failure of a task is what run_parallel returns. */
    args.weights = NULL;
    if (corner_run_parallel(&args, on_four_threads, &tasks) != corner_ERROR_NULL) return 3;
    printf("%d tasks\n", tasks / kRepeats);
    return 0;
}
