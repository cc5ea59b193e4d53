/* SPDX-License-Identifier: Apache-2.0
 * Times several libraries of one layer in turns, so that whatever disturbs the machine disturbs all of them alike. It takes
 * no argument and needs no file: race_entries.h, which it is compiled with, lists the libraries and says how often and
 * how long.
 *
 * Everything happens in PROCESSES processes, one after the other, each with memory of its own. In each of them every library
 * computes the layer once, and the cells that race_entries.h lists are compared with what they should be; one that differs
 * is left out. Then come rounds, in each of which every library has a turn of SAMPLE_MS or more. A loop of multiply-adds
 * before and after a turn says how fast the processor is at the time. A turn counts that had neither a slow loop
 * (throttling, neighbours) nor a page fault nor an involuntary switch, a round whose turns all count; a process ends with
 * ROUNDS that do, or after SECONDS. COOL_SECONDS is a pause before each round. What is printed, a line each:
 *
 *     race                       the beginning
 *     wrong NAME CELL GOT WANTED BOUND
 *     right NAME
 *     fails NAME FUNCTION STATUS TEXT
 *     crash NAME SIGNAL          the library ended the process
 *     again                      what this process has printed of times does not count, it is repeated without that library
 *     sample NAME MS             mean of a call in this round
 *     round 1|0                  the end of a round: whether it counts
 *     process                    the end of a process
 *     end                                                                                                          */
#include <math.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "race_entries.h"
#include "timing.h"

typedef struct RaceTensors {
    const float *input, *filter, *bias;
    float *output;
    void *workspace;
} RaceTensors;

typedef struct Entry {
    const char *name;
    int (*run)(const RaceTensors *tensors, const void *weights, Pool *pool);
    int (*pack)(const RaceTensors *tensors, void *weights);
    const char *(*status_text)(int status);
    size_t weights_bytes, workspace_bytes;
    void *weights;
    long calls; /* in a sample */
    double ms;  /* of the last sample */
} Entry;

#define DEFINE_CALLS(NAME)                                                                             \
    static int run_##NAME(const RaceTensors *tensors, const void *weights, Pool *pool) {               \
        NAME##_args args;                                                                              \
        memset(&args, 0, sizeof args);                                                                 \
        args.input = tensors->input;                                                                   \
        args.output = tensors->output;                                                                 \
        args.workspace = tensors->workspace;                                                           \
        args.weights = weights;                                                                        \
        return pool->threads > 1 ? NAME##_run_parallel(&args, parallel_for, pool) : NAME##_run(&args); \
    }                                                                                                  \
    static int pack_##NAME(const RaceTensors *tensors, void *weights) {                                \
        return NAME##_pack(tensors->filter, tensors->bias, weights);                                   \
    }
#define LIST_ENTRY(NAME) \
    {#NAME, run_##NAME, pack_##NAME, NAME##_status_text, NAME##_WEIGHTS_BYTES, NAME##_WORKSPACE_BYTES, NULL, 1, 0},

FOR_EACH_ENTRY(DEFINE_CALLS)

static Entry entries[] = {FOR_EACH_ENTRY(LIST_ENTRY)};
enum { kEntries = sizeof entries / sizeof entries[0] };

/* What all processes know. */
typedef struct Shared {
    int at_work;          /* the entry that computes; -1: none did yet */
    int is_out[kEntries]; /* it failed */
} Shared;
static Shared *shared;

enum { kAgain = 3 }; /* exit code: the entry at work is out */

enum { kCallSeconds = 60 }; /* no call of any layer may take that long */

static const double kProbeSeconds = 0.0001;
enum { kMostTries = 4 };
static const double kSlowestProbe = 1.03; /* times the best: slower ones do not count */

typedef float Vector __attribute__((vector_size(16)));
static float keep;

/* Multiply-adds on registers, all of them independent. Four lanes do on every target: it is the clock that is watched. */
static double probe_seconds(long amount) {
    Vector a = {1}, b = {2}, c = {3}, d = {4}, e = {5}, f = {6}, g = {7}, h = {8}, x = {0.5f}, y = {0.25f};
    const double start = now();
    for (long i = 0; i < amount; i++) {
        a = a * x + y;
        b = b * x + y;
        c = c * x + y;
        d = d * x + y;
        e = e * x + y;
        f = f * x + y;
        g = g * x + y;
        h = h * x + y;
    }
    a += b + c + d + e + f + g + h;
    keep += a[0];
    return now() - start;
}

static long probe_amount(void) {
    long amount = 256;
    while (probe_seconds(amount) < kProbeSeconds) amount *= 2;
    return amount;
}

static void require_status(const Entry *entry, const char *function, int status) {
    if (status == 0) return;
    printf("fails %s %s %d %s\n", entry->name, function, status, entry->status_text(status));
    exit(kAgain);
}

static void call(const Entry *entry, const RaceTensors *tensors, Pool *pool) {
    shared->at_work = (int)(entry - entries);
    require_status(entry, "run", entry->run(tensors, entry->weights, pool));
}

static double seconds_of(const Entry *entry, const RaceTensors *tensors, Pool *pool) {
    const double start = now();
    for (long i = 0; i < entry->calls; i++) call(entry, tensors, pool);
    return now() - start;
}

/* Whether the listed cells are what they should be; prints the first that is not. NaN is not within any bound. */
static int is_right(const Entry *entry, const float *output) {
    for (long i = 0; i < CHECKED_CELLS; i++) {
        const double got = (double)output[checked[i].cell];
        if (fabs(got - checked[i].value) <= checked[i].bound) continue;
        printf("wrong %s %ld %.9g %.9g %.3g\n", entry->name, checked[i].cell, got, checked[i].value, checked[i].bound);
        return 0;
    }
    printf("right %s\n", entry->name);
    return 1;
}

/* The first call, which is also what faults the memory in. */
static int prepare(Entry *entry, const RaceTensors *tensors, Pool *pool, double sample) {
    double seconds;
    shared->at_work = (int)(entry - entries);
    alarm(kCallSeconds);
    entry->weights = aligned_memory(entry->weights_bytes);
    require_status(entry, "pack", entry->pack(tensors, entry->weights));
    for (long i = 0; i < OUTPUT_ELEMENTS; i++) tensors->output[i] = NAN;
    call(entry, tensors, pool);
    if (!is_right(entry, tensors->output)) return 0;
    for (seconds = seconds_of(entry, tensors, pool); seconds < sample; seconds = seconds_of(entry, tensors, pool))
        entry->calls = more_calls(entry->calls, seconds, sample);
    return 1;
}

static long disturbances(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt + usage.ru_majflt + usage.ru_nivcsw;
}

static size_t largest_workspace(void) {
    size_t bytes = 0;
    for (int e = 0; e < kEntries; e++)
        if (entries[e].workspace_bytes > bytes) bytes = entries[e].workspace_bytes;
    return bytes;
}

/* What is known of the processor's speed and of its disturbances between two moments. */
typedef struct Watch {
    long amount; /* of multiply-adds in a probe */
    double best; /* seconds of the quickest probe so far */
    double last; /* of the latest */
    long before; /* disturbances() until the latest */
} Watch;

static void look(Watch *watch) {
    watch->last = probe_seconds(watch->amount);
    if (watch->last < watch->best) watch->best = watch->last;
    watch->before = disturbances();
}

/* Times an entry between two probes. Returns whether the time counts. */
static int take_turn(Entry *entry, const RaceTensors *tensors, Pool *pool, Watch *watch) {
    const double probe_before = watch->last;
    const long before = watch->before;
    entry->ms = 1e3 * seconds_of(entry, tensors, pool) / (double)entry->calls;
    look(watch);
    return probe_before <= kSlowestProbe * watch->best && watch->last <= kSlowestProbe * watch->best &&
           watch->before == before;
}

/* One round over `count` entries, which begins with another of them each time. A turn that does not count is repeated at
 * once, a few times at most. Returns whether all of them count. */
static int run_round(Entry **racing, int count, int round, const RaceTensors *tensors, Pool *pool, Watch *watch) {
    int counts = 1;
    look(watch);
    for (int k = 0; k < count; k++) {
        const int turn = (round + k) % count;
        Entry *entry = racing[round % 2 ? count - 1 - turn : turn];
        int tries = 1;
        if (entry->calls > 4) call(entry, tensors, pool); /* its weights and workspace come back into the caches */
        while (!take_turn(entry, tensors, pool, watch) && tries <= kMostTries) tries++;
        counts = counts && tries <= kMostTries;
    }
    for (int k = 0; k < count; k++) printf("sample %s %.9g\n", racing[k]->name, racing[k]->ms);
    printf("round %d\n", counts);
    return counts;
}

/* One process: all entries that are not out yet. */
static void race(RaceTensors tensors) {
    static Pool pool;
    static Entry *racing[kEntries];
    Watch watch = {0, 1e9, 0, 0};
    double start;
    int count = 0, counted = 0;
    shared->at_work = -1;
    pool.threads = THREADS;
    tensors.output = aligned_memory(OUTPUT_ELEMENTS * sizeof(float));
    tensors.workspace = aligned_memory(largest_workspace());
    start_workers(&pool);
    for (int e = 0; e < kEntries; e++) {
        if (shared->is_out[e]) continue;
        if (prepare(&entries[e], &tensors, &pool, 1e-3 * SAMPLE_MS))
            racing[count++] = &entries[e];
        else
            shared->is_out[e] = 1;
    }
    watch.amount = probe_amount();
    for (int i = 0; i < 50; i++) look(&watch);
    alarm((unsigned)SECONDS + kCallSeconds);
    start = now();
    for (int round = 0; count > 0 && counted < ROUNDS && now() - start < SECONDS; round++) {
        if (COOL_SECONDS > 0) usleep((useconds_t)(1e6 * COOL_SECONDS));
        counted += run_round(racing, count, round, &tensors, &pool, &watch);
    }
    exit(keep == 0.12345f ? 2 : 0);
}

/* Whether it ended well; else the entry that ended it is out. */
static int run_process(const RaceTensors *tensors) {
    int state = 0;
    const pid_t pid = fork();
    if (pid < 0) fail("cannot start a process");
    if (pid == 0) race(*tensors);
    if (waitpid(pid, &state, 0) != pid) fail("lost a process");
    if (WIFEXITED(state) && WEXITSTATUS(state) == 0) return 1;
    if (WIFEXITED(state) && WEXITSTATUS(state) != kAgain) exit(WEXITSTATUS(state));
    if (shared->at_work < 0) fail("ended by signal %d", WTERMSIG(state));
    if (WIFSIGNALED(state)) printf("crash %s %d\n", entries[shared->at_work].name, WTERMSIG(state));
    shared->is_out[shared->at_work] = 1;
    return 0;
}

int main(void) {
    RaceTensors tensors = {NULL, NULL, NULL, NULL, NULL};
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("race\n");
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) fail("no memory to share");
    tensors.input = random_cells(INPUT_ELEMENTS, 1);
    tensors.filter = random_cells(FILTER_ELEMENTS, 2);
    tensors.bias = random_cells(BIAS_ELEMENTS, 3);
    for (int process = 0; process < PROCESSES; process++) {
        while (!run_process(&tensors)) printf("again\n");
        printf("process\n");
    }
    printf("end\n");
    return 0;
}
