/* SPDX-License-Identifier: Apache-2.0
 * Four layers that tconv compiled, one after the other on a thread pool, and how far the picture that they make is from
 * the one that onnxruntime made of the same input. */
#define _POSIX_C_SOURCE 200112L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "image.h"
#include "npy.h"
#include "pool.h"
#include "up1.h"
#include "up2.h"
#include "up3.h"

#if up1_OUTPUT_ELEMENTS != up2_INPUT_ELEMENTS || up2_OUTPUT_ELEMENTS != up3_INPUT_ELEMENTS || \
    up3_OUTPUT_ELEMENTS != image_INPUT_ELEMENTS
#error "the layers do not fit together"
#endif

/* "1, 64, 8, 8" of NAME_INPUT_SHAPE */
#define TEXT(...) #__VA_ARGS__
#define SHAPE(...) TEXT(__VA_ARGS__)

static float input[up1_INPUT_ELEMENTS], expected[image_OUTPUT_ELEMENTS];
static float features1[up1_OUTPUT_ELEMENTS], features2[up2_OUTPUT_ELEMENTS], features3[up3_OUTPUT_ELEMENTS];
static float picture[image_OUTPUT_ELEMENTS];

/* Layers that run one after the other may share a workspace: the largest that any of them asks for. */
static void *allocate_workspace(void) {
    const size_t sizes[] = {up1_WORKSPACE_BYTES, up2_WORKSPACE_BYTES, up3_WORKSPACE_BYTES, image_WORKSPACE_BYTES};
    size_t bytes = up1_WORKSPACE_ALIGNMENT;
    void *memory = NULL;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; ++i)
        if (sizes[i] > bytes) bytes = sizes[i];
    if (posix_memalign(&memory, up1_WORKSPACE_ALIGNMENT, bytes) != 0) die("memory", "exhausted");
    return memory;
}

/* Each library has types and names of its own, so this is a macro. The weights are in the libraries. */
#define RUN(layer, from, to)                                                     \
    do {                                                                         \
        layer##_args args = {0};                                                 \
        args.input = (from);                                                     \
        args.output = (to);                                                      \
        args.workspace = workspace;                                              \
        const int status = layer##_run_parallel(&args, pool_parallel_for, pool); \
        if (status != layer##_OK) die(#layer, layer##_status_text(status));      \
    } while (0)

static void generate(thread_pool *pool, void *workspace) {
    RUN(up1, input, features1);
    RUN(up2, features1, features2);
    RUN(up3, features2, features3);
    RUN(image, features3, picture);
}

static double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* The shortest time of a few runs: the first ones bring memory and code in. */
static double shortest_run(thread_pool *pool, void *workspace) {
    enum { kRuns = 5 };
    double shortest = HUGE_VAL;
    for (int i = 0; i < kRuns; ++i) {
        const double start = milliseconds();
        generate(pool, workspace);
        const double time = milliseconds() - start;
        if (time < shortest) shortest = time;
    }
    return shortest;
}

/* Prints the largest difference; 0 where it is what rounding explains, and there is no NaN. */
static int compare(void) {
    const double kTolerance = 1e-5; /* of the largest value */
    double largest = 0, difference = 0;
    int finite = 1;
    for (size_t i = 0; i < image_OUTPUT_ELEMENTS; ++i) {
        const double error = fabs((double)picture[i] - expected[i]);
        if (fabs(expected[i]) > largest) largest = fabs(expected[i]);
        if (error > difference) difference = error;
        if (!(error < HUGE_VAL)) finite = 0;
    }
    printf("generator: largest difference to onnxruntime %.2g, largest value %.3g: ", difference, largest);
    const int close = finite && difference <= kTolerance * largest;
    puts(close ? "the same picture" : finite ? "ANOTHER PICTURE" : "NOT FINITE");
    return close ? 0 : 1;
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) die("usage", "generator INPUT.npy EXPECTED.npy [THREADS]");
#if up1_HAS_SUPPORTED /* one target for all four */
    if (!up1_supported()) die(up1_TARGET, "this processor lacks its instructions");
#endif
    read_npy(argv[1], SHAPE(up1_INPUT_SHAPE), input, up1_INPUT_ELEMENTS);
    read_npy(argv[2], SHAPE(image_OUTPUT_SHAPE), expected, image_OUTPUT_ELEMENTS);

    thread_pool *pool = pool_create(argc > 3 ? atoi(argv[3]) : (int)sysconf(_SC_NPROCESSORS_ONLN));
    if (pool == NULL) die("memory", "exhausted");
    void *workspace = allocate_workspace();
    const double time = shortest_run(pool, workspace);
    printf("generator: [%s] to [%s] for %s, threads %d: %.2f ms\n", SHAPE(up1_INPUT_SHAPE), SHAPE(image_OUTPUT_SHAPE),
           up1_TARGET, pool_threads(pool), time);
    free(workspace);
    pool_destroy(pool);
    return compare();
}
