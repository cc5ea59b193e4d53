/* SPDX-License-Identifier: Apache-2.0
 * What the programs of this example need besides tconv: tensors in memory and in raw files of floats, and a clock. */
#ifndef TENSOR_IO_H
#define TENSOR_IO_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline void die(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* tconv asks for 4-byte alignment of tensors; a cache line is what suits vector loads. */
static inline void *allocate(size_t bytes) {
    enum { kAlignment = 64 };
    void *memory = NULL;
    if (posix_memalign(&memory, kAlignment, bytes > 0 ? bytes : kAlignment) != 0) die("memory", "exhausted");
    return memory;
}

static inline float *allocate_tensor(size_t elements) { return (float *)allocate(elements * sizeof(float)); }

static inline float *read_tensor(const char *path, size_t elements) {
    float *tensor = allocate_tensor(elements);
    FILE *file = fopen(path, "rb");
    if (file == NULL) die(path, "cannot be opened");
    if (fread(tensor, sizeof(float), elements, file) != elements || fgetc(file) != EOF)
        die(path, "has not as many floats as the layer was compiled for");
    fclose(file);
    return tensor;
}

static inline void write_tensor(const char *path, const float *tensor, size_t elements) {
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(tensor, sizeof(float), elements, file) != elements || fclose(file) != 0)
        die(path, "cannot be written");
}

static inline double milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

#endif
