/* SPDX-License-Identifier: Apache-2.0
 * Reads float32 arrays in C order from .npy files, as numpy.save writes them on a little-endian machine. */
#ifndef NPY_H
#define NPY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void die(const char *what, const char *why) {
    fprintf(stderr, "generator: %s: %s\n", what, why);
    exit(1);
}

/* `shape` is what the array's must be, as numpy writes it: "1, 64, 8, 8". */
static inline void read_npy(const char *path, const char *shape, float *values, size_t elements) {
    enum { kPrefix = 10, kLongest = 65535 }; /* magic, version, bytes of the text that follows */
    static char text[kLongest + 1];
    unsigned char prefix[kPrefix];
    char shape_is[128];
    FILE *file = fopen(path, "rb");
    if (file == NULL) die(path, "cannot be opened");
    if (fread(prefix, 1, kPrefix, file) != kPrefix || memcmp(prefix, "\x93NUMPY\x01", 7) != 0)
        die(path, "is no .npy file of version 1");
    const size_t length = prefix[8] + 256u * prefix[9];
    if (fread(text, 1, length, file) != length) die(path, "ends in its header");
    text[length] = '\0';
    snprintf(shape_is, sizeof shape_is, "'shape': (%s)", shape);
    if (strstr(text, "'descr': '<f4'") == NULL || strstr(text, "'fortran_order': False") == NULL)
        die(path, "does not hold float32 in C order");
    if (strstr(text, shape_is) == NULL) die(path, "has another shape than the layer was compiled for");
    if (fread(values, sizeof(float), elements, file) != elements || fgetc(file) != EOF)
        die(path, "has not as many values as its shape says");
    fclose(file);
}

#endif
