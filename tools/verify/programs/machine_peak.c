/* SPDX-License-Identifier: Apache-2.0
 * Measures what no layer can exceed on the machine that it runs on, with the instructions that the compiler's flags allow
 * and TCONV_THREADS threads. It takes no argument and prints lines:
 *
 *     model NAME, x86 VENDOR FAMILY MODEL or arm IMPLEMENTER PART     (the system's, where it says them)
 *     gflops G                   float32 multiply-adds on registers, two operations each
 *     gigabytes_per_second B     reading memory far beyond the caches
 *
 * Both are the best of several rounds on all threads together. */
#include <stdio.h>
#include <stdlib.h>

#include "system_facts.h"
#include "target_vectors.h"
#include "timing.h"

/* Rounds are short, so that some of them go undisturbed on a machine that does other things too. */
enum { kLanes = kVectorBytes / sizeof(float), kRounds = 64, kMaxThreads = 1024 };
static const double kRoundSeconds = 0.004;

/* A round reads one part of the memory, the next round the next one: nothing is left of it in the caches when its turn
 * comes again. */
enum { kMemoryParts = 8 };
static const long kMemoryBytes = 256L << 20; /* shared by the threads */

/* Sums enough to cover latency times throughput of the multiply-adds, and few enough for the registers. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define FOR_EACH_SUM(M) \
    M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15) M(16) M(17) M(18) M(19)
enum { kSums = 20 };
#else
#define FOR_EACH_SUM(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11)
enum { kSums = 12 };
#endif

typedef struct Worker {
    pthread_barrier_t *barrier;
    void (*work)(struct Worker *worker, long amount);
    long amount;
    const Vector *memory; /* the worker's share */
    int part;             /* of it, for the next round */
    float result;         /* keeps the work from being optimised away */
} Worker;

static float sum_of(Vector v) {
    float sum = 0;
    for (int i = 0; i < kLanes; i++) sum += v[i];
    return sum;
}

/* `amount` rounds over all sums. The empty statement makes x a new value to the compiler, so that it can neither hoist
 * the product nor share it between the sums. */
static void multiply_add(Worker *worker, long amount) {
    Vector x = {0.5f}, y = {0.25f};
#define DECLARE(i) Vector sum##i = {i};
#define STEP(i)                    \
    __asm__("" : "+" REGISTER(x)); \
    sum##i += x * y;
#define ADD(i) +sum##i
    FOR_EACH_SUM(DECLARE)
    for (long i = 0; i < amount; i++) {
        FOR_EACH_SUM(STEP)
    }
    worker->result += sum_of(x FOR_EACH_SUM(ADD));
}

/* Reads `amount` vectors, one part of the worker's share. */
static void read_memory(Worker *worker, long amount) {
    const Vector *at = worker->memory + worker->part * amount;
    Vector a = {0}, b = {0}, c = {0}, d = {0};
    for (long i = 0; i + 4 <= amount; i += 4) {
        a += at[i];
        b += at[i + 1];
        c += at[i + 2];
        d += at[i + 3];
    }
    worker->part = (worker->part + 1) % kMemoryParts;
    worker->result += sum_of(a + b + c + d);
}

static void *run_worker(void *argument) {
    Worker *worker = argument;
    pthread_barrier_wait(worker->barrier);
    worker->work(worker, worker->amount);
    pthread_barrier_wait(worker->barrier);
    return NULL;
}

/* Seconds that all workers together take for their amounts. */
static double seconds_together(Worker *workers, int threads) {
    static pthread_t handles[kMaxThreads];
    pthread_barrier_t barrier;
    double start, seconds;
    pthread_barrier_init(&barrier, NULL, (unsigned)threads);
    for (int t = 0; t < threads; t++) workers[t].barrier = &barrier;
    for (int t = 1; t < threads; t++) {
        if (pthread_create(&handles[t], NULL, run_worker, &workers[t]) != 0) fail("cannot start thread %d", t);
    }
    pthread_barrier_wait(&barrier);
    start = now();
    workers[0].work(&workers[0], workers[0].amount);
    pthread_barrier_wait(&barrier);
    seconds = now() - start;
    for (int t = 1; t < threads; t++) pthread_join(handles[t], NULL);
    pthread_barrier_destroy(&barrier);
    return seconds;
}

/* The most units of work a second; each worker does `amount` units in a round. */
static double best_rate(Worker *workers, int threads, long amount) {
    double best = 0;
    for (int t = 0; t < threads; t++) workers[t].amount = amount;
    for (int round = 0; round < kRounds; round++) {
        const double rate = (double)amount * threads / seconds_together(workers, threads);
        if (rate > best) best = rate;
    }
    return best;
}

static double measure_flops(Worker *workers, int threads) {
    long amount = 1024;
    for (int t = 0; t < threads; t++) workers[t].work = multiply_add;
    for (;; amount *= 2) {
        for (int t = 0; t < threads; t++) workers[t].amount = amount;
        if (seconds_together(workers, threads) > kRoundSeconds) break;
    }
    return 2.0 * kSums * kLanes * best_rate(workers, threads, amount);
}

static double measure_bandwidth(Worker *workers, int threads) {
    const long amount = kMemoryBytes / kVectorBytes / threads / kMemoryParts / 4 * 4;
    void *memory = aligned_memory((size_t)kMemoryBytes);
    for (long i = 0; i < kMemoryBytes / (long)sizeof(float); i++) ((float *)memory)[i] = 1.0f;
    for (int t = 0; t < threads; t++) {
        workers[t].work = read_memory;
        workers[t].memory = (const Vector *)memory + t * amount * kMemoryParts;
    }
    return kVectorBytes * best_rate(workers, threads, amount);
}

int main(void) {
    static Worker workers[kMaxThreads];
    const int threads = TCONV_THREADS;
    float keep = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    print_names();
    printf("gflops %.4f\n", 1e-9 * measure_flops(workers, threads));
    printf("gigabytes_per_second %.4f\n", 1e-9 * measure_bandwidth(workers, threads));
    for (int t = 0; t < threads; t++) keep += workers[t].result;
    return keep == 0.12345f ? 1 : 0;
}
