/* SPDX-License-Identifier: Apache-2.0
 * What the shared object of one layer offers to a worker of the benchmark; one caller at a time. Functions that return
 * int return 0, or the layer's own status. */
#ifndef TCONV_BENCHMARKS_LAYER_CALLS_H
#define TCONV_BENCHMARKS_LAYER_CALLS_H

/* Packs the weights. Input and output stay the caller's and are used until layer_close. */
int layer_open(const float *input, const float *filter, const float *bias, float *output, int threads);

/* How many elements a run writes into the output. */
long layer_output_elements(void);

int layer_run(void);

/* Seconds that `calls` runs take together; negative where one failed. */
double layer_seconds(long calls);

void layer_close(void);

#endif
