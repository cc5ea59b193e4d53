/* SPDX-License-Identifier: Apache-2.0
 * One layer that tconv compiled: bilinear enlargement of a picture. Reads and writes raw float32 tensors, channels last;
 * prints the layer's milliseconds, a line a repetition. */
#define _POSIX_C_SOURCE 200112L
#include "upsample.h"
#include "tensor_io.h"

int main(int argc, char **argv) {
    if (argc != 4) die("usage", "upsample INPUT OUTPUT REPETITIONS");
    if (!upsample_supported()) die(upsample_TARGET, "this processor lacks its instructions");
    upsample_args args = {0};
    args.input = read_tensor(argv[1], upsample_INPUT_ELEMENTS);
    args.output = allocate_tensor(upsample_OUTPUT_ELEMENTS);
    args.workspace = allocate(upsample_WORKSPACE_BYTES);

    /* The first repetition, which brings memory and code in, is not reported. */
    const long repetitions = strtol(argv[3], NULL, 10);
    for (long i = 0; i <= repetitions; ++i) {
        const double start = milliseconds();
        const int status = upsample_run(&args);
        if (status != upsample_OK) die("upsample", upsample_status_text(status));
        if (i > 0) printf("%.6f\n", milliseconds() - start);
    }
    write_tensor(argv[2], args.output, upsample_OUTPUT_ELEMENTS);
    return 0;
}
