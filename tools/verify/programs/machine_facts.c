/* SPDX-License-Identifier: Apache-2.0
 * Measures what cost models count with on the machine that it runs on, with the instructions that the compiler's flags
 * allow. It takes no argument, needs no file (what /proc and /sys say is passed on where they say it) and prints lines:
 *
 *     model NAME, x86 VENDOR FAMILY MODEL or arm IMPLEMENTER PART, cache LEVEL BYTES CPUS, line_bytes N   (the system's)
 *     vector_bits N and fused 0|1                                                               (the compiler's)
 *     fma_chain, sums, loads      instructions a cycle: a chain of multiply-adds, independent ones, loads from L1
 *     read BYTES, write BYTES     bytes a cycle of a set read, or written, again and again
 *     memory_read, memory_write   the same of parts that no cache holds any more
 *     barrier                     passed in a cycle, by two threads with an empty task each
 *     done
 *
 * Behind each measurement stand the results of the batches, each the best of several short rounds. Cycles are those of a
 * chain of additions of integers, one cycle each on every processor, timed beside every round: a clock that changes does
 * not show. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "system_facts.h"
#include "target_vectors.h"
#include "timing.h"

#if defined(__FMA__) || defined(__aarch64__)
enum { kFused = 1 };
#else
enum { kFused = 0 };
#endif

/* Every measurement has its turn in every batch, so that what disturbs the machine for a while spoils batches and not a
 * fact. Batches end with the time, but there are some of them on the slowest board. */
enum { kFewestBatches = 5, kMostBatches = 256, kRounds = 8, kClockRounds = 4, kMostProbes = 64 };
#ifndef TCONV_SECONDS
#define TCONV_SECONDS 25
#endif

static const int64_t kMiB = 1024 * 1024;
static const int64_t kSmallestSet = 8 * 1024, kLargestSet = 32L << 20;
static const int64_t kMostMemory = 512L << 20, kLeastMemory = 48L << 20;
static const int64_t kShortRead = 8L << 20, kLongRead = 24L << 20; /* bytes of a round */

/* Sums enough to cover latency times throughput of the multiply-adds, and few enough for the registers. */
#if defined(__AVX512F__) || defined(__aarch64__)
#define FOR_EACH_SUM(M) \
    M(0)                \
    M(1)                \
    M(2)                \
    M(3)                \
    M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14) M(15) M(16) M(17) M(18) M(19) M(20) M(21) M(22) M(23)
enum { kSums = 24 };
#else
#define FOR_EACH_SUM(M) M(0) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11)
enum { kSums = 12 };
#endif
#define TIMES_16(M) M M M M M M M M M M M M M M M M

typedef struct Probe Probe;
struct Probe {
    const char *key;
    double (*run)(Probe *probe); /* does its work once and returns how many units that was */
    char *memory;                /* the set that is read or written */
    int64_t bytes, at, amount;   /* its size, where the next round begins, bytes of a round */
    double batches[kMostBatches];
};

/* The empty statements make values new to the compiler, so that it neither shares nor drops what computes them. Both
 * numbers of an addition are in registers: some processors add constants for nothing. */
#define ADD_INTEGER \
    sum += one;     \
    __asm__ volatile("" : "+r"(sum), "+r"(one));

static void add_integers(int64_t amount) {
    int64_t sum = 0, one = 1;
    for (int64_t i = 0; i < amount; i++) {
        TIMES_16(ADD_INTEGER)
        TIMES_16(ADD_INTEGER)
    }
}

/* Seconds of a cycle. */
static double cycle(void) {
    enum { kTimes = 2000 };
    double best = 1;
    for (int round = 0; round < kClockRounds; round++) {
        const double start = now();
        double seconds;
        add_integers(kTimes);
        seconds = (now() - start) / (kTimes * 32);
        if (seconds < best) best = seconds;
    }
    return best;
}

#define CHAIN                               \
    __asm__ volatile("" : "+" REGISTER(x)); \
    sum += x * y;

static double chain_of_sums(Probe *probe) {
    Vector x = {0.5f}, y = {0.25f}, sum = {0};
    for (int64_t i = 0; i < probe->amount; i++) {
        TIMES_16(CHAIN)
    }
    __asm__ volatile("" : : REGISTER(sum));
    return 16.0 * (double)probe->amount;
}

#define DECLARE(i) Vector sum##i = {i};
#define STEP(i)                             \
    __asm__ volatile("" : "+" REGISTER(x)); \
    sum##i += x * y;
#define KEEP(i) __asm__ volatile("" : : REGISTER(sum##i));

static double independent_sums(Probe *probe) {
    Vector x = {0.5f}, y = {0.25f};
    FOR_EACH_SUM(DECLARE)
    for (int64_t i = 0; i < probe->amount; i++) {
        FOR_EACH_SUM(STEP)
    }
    FOR_EACH_SUM(KEEP)
    return (double)kSums * (double)probe->amount;
}

#define LOAD                                       \
    {                                              \
        const Vector loaded = *at++;               \
        __asm__ volatile("" : : REGISTER(loaded)); \
    }

static double load_vectors(Probe *probe) {
    const Vector *from = (const Vector *)probe->memory;
    for (int64_t i = 0; i < probe->amount; i++) {
        const Vector *at;
        __asm__ volatile("" : "+r"(from));
        at = from;
        TIMES_16(LOAD)
    }
    return 16.0 * (double)probe->amount;
}

static void read_bytes(const char *memory, int64_t bytes) {
    const Vector *at = (const Vector *)memory;
    for (const Vector *end = at + bytes / kVectorBytes; at < end;) {
        TIMES_16(LOAD)
    }
}

#define STORE *at++ = value;

static void write_bytes(char *memory, int64_t bytes) {
    const Vector value = {1.0f};
    Vector *at = (Vector *)memory;
    for (Vector *end = at + bytes / kVectorBytes; at < end;) {
        TIMES_16(STORE)
        __asm__ volatile("" : : : "memory");
    }
}

/* Goes on where the last round ended: only what the caches keep of the set is found there. */
static double pass_over(Probe *probe, int writes) {
    for (int64_t left = probe->amount; left > 0;) {
        const int64_t rest = probe->bytes - probe->at, part = rest < left ? rest : left;
        if (writes) {
            write_bytes(probe->memory + probe->at, part);
        } else {
            read_bytes(probe->memory + probe->at, part);
        }
        probe->at = (probe->at + part) % probe->bytes;
        left -= part;
    }
    return (double)probe->amount;
}

static double read_set(Probe *probe) { return pass_over(probe, 0); }

static double write_set(Probe *probe) { return pass_over(probe, 1); }

/* Two threads that meet as those of a pool do: they spin, and yield the processor while they do. */
typedef struct Meeting {
    int64_t asked, done; /* how often the other was called, and came */
    int over;
} Meeting;

static void *come(void *argument) {
    Meeting *meeting = argument;
    for (int64_t seen = 0;; seen++) {
        while (__atomic_load_n(&meeting->asked, __ATOMIC_ACQUIRE) == seen) sched_yield();
        if (__atomic_load_n(&meeting->over, __ATOMIC_RELAXED)) return NULL;
        __atomic_fetch_add(&meeting->done, 1, __ATOMIC_RELEASE);
    }
}

static void meet(Meeting *meeting) {
    const int64_t asked = __atomic_add_fetch(&meeting->asked, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&meeting->done, __ATOMIC_ACQUIRE) < asked) sched_yield();
}

static Meeting meeting; /* of the batch */

static double pass_barriers(Probe *probe) {
    for (int64_t i = 0; i < probe->amount; i++) meet(&meeting);
    return (double)probe->amount;
}

/* The best of a batch, in units a cycle. The shorter of the cycles before and after a round counts: what took long was
 * disturbed, and would make the round look good. */
static double best_of_batch(Probe *probe) {
    double best = 0, before = cycle();
    for (int round = 0; round < kRounds; round++) {
        const double start = now(), units = probe->run(probe), seconds = now() - start, after = cycle();
        const double rate = units * (after < before ? after : before) / seconds;
        if (rate > best) best = rate;
        before = after;
    }
    return best;
}

static double best_of_barriers(Probe *probe) {
    pthread_t other;
    double best;
    meeting = (Meeting){0, 0, 0};
    if (pthread_create(&other, NULL, come, &meeting) != 0) fail("cannot start a thread");
    best = best_of_batch(probe);
    __atomic_store_n(&meeting.over, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&meeting.asked, 1, __ATOMIC_RELEASE);
    pthread_join(other, NULL);
    return best;
}

static void print_probe(const Probe *probe, int batches) {
    printf("%s", probe->key);
    if (probe->run == read_set || probe->run == write_set) printf(" %lld", (long long)probe->bytes);
    for (int batch = 0; batch < batches; batch++) printf(" %.5g", probe->batches[batch]);
    printf("\n");
}

/* What is measured in: far more than the caches hold, and no more than the system can spare. */
static int64_t memory_bytes(void) {
    const int64_t free_bytes = (int64_t)sysconf(_SC_AVPHYS_PAGES) * sysconf(_SC_PAGESIZE) / 4 * 3;
    const int64_t bytes = free_bytes < kMostMemory ? free_bytes : kMostMemory;
    return (bytes > kLeastMemory ? bytes : kLeastMemory) / (8 * kMiB) * (8 * kMiB);
}

int main(void) {
    static Probe probes[kMostProbes];
    /* Sets that caches may keep, what is only read, and what is only written. */
    const int64_t bytes = memory_bytes(), largest = bytes / 4 < kLargestSet ? bytes / 4 : kLargestSet;
    const int64_t part = (bytes - largest) / 8192 * 4096;
    int count = 0, batches = 0;
    char *memory = aligned_memory((size_t)bytes);
    const double start = now();
    memset(memory, 1, (size_t)bytes);
    print_system();
    printf("vector_bits %d\nfused %d\n", 8 * kVectorBytes, kFused);
    probes[count++] = (Probe){"memory_read", read_set, memory + bytes - 2 * part, part, 0, kLongRead, {0}};
    probes[count++] = (Probe){"fma_chain", chain_of_sums, NULL, 0, 0, 20000, {0}};
    probes[count++] = (Probe){"sums", independent_sums, NULL, 0, 0, 20000, {0}};
    probes[count++] = (Probe){"loads", load_vectors, memory, 0, 0, 20000, {0}};
    if (sysconf(_SC_NPROCESSORS_ONLN) > 1) {
        probes[count++] = (Probe){"barrier", pass_barriers, NULL, 0, 0, 200, {0}};
    }
    for (int64_t set = kSmallestSet; set <= largest; set *= 2) {
        for (int64_t half = 2; half <= 3 && set / 2 * half <= largest; half++) {
            const int64_t amount = set < kShortRead ? kShortRead : kLongRead;
            probes[count++] = (Probe){"read", read_set, memory, set / 2 * half, 0, amount, {0}};
        }
    }
    probes[count++] = (Probe){"memory_write", write_set, memory + bytes - part, part, 0, kLongRead, {0}};
    for (; batches < kMostBatches && (batches < kFewestBatches || now() - start < TCONV_SECONDS); batches++) {
        for (int p = 0; p < count; p++) {
            const int meets = probes[p].run == pass_barriers;
            probes[p].batches[batches] = meets ? best_of_barriers(&probes[p]) : best_of_batch(&probes[p]);
        }
    }
    for (int p = 0; p < count; p++) print_probe(&probes[p], batches);
    printf("done\n");
    return 0;
}
