/* SPDX-License-Identifier: Apache-2.0
 * The head of the text detector: two layers that tconv compiled, the output of the first being the input of the second.
 * Reads and writes raw float32 tensors, channels last; prints the milliseconds of both layers, a line a repetition. */
#define _POSIX_C_SOURCE 200112L
#include "detector_up1.h"
#include "detector_up2.h"
#include "tensor_io.h"

#if detector_up1_OUTPUT_ELEMENTS != detector_up2_INPUT_ELEMENTS
#error "the layers do not fit together"
#endif

int main(int argc, char **argv) {
    if (argc != 5) die("usage", "detector_head INPUT FEATURES_OUT PROBABILITIES_OUT REPETITIONS");
    if (!detector_up1_supported()) die(detector_up1_TARGET, "this processor lacks its instructions");

    /* The weights are in the libraries: they were packed when the libraries were built. */
    detector_up1_args up1 = {0};
    up1.input = read_tensor(argv[1], detector_up1_INPUT_ELEMENTS);
    up1.output = allocate_tensor(detector_up1_OUTPUT_ELEMENTS);
    up1.workspace = allocate(detector_up1_WORKSPACE_BYTES);

    detector_up2_args up2 = {0};
    up2.input = up1.output;
    up2.output = allocate_tensor(detector_up2_OUTPUT_ELEMENTS);
    up2.workspace = allocate(detector_up2_WORKSPACE_BYTES);

    /* The first repetition, which brings memory and code in, is not reported. */
    const long repetitions = strtol(argv[4], NULL, 10);
    for (long i = 0; i <= repetitions; ++i) {
        const double start = milliseconds();
        int status = detector_up1_run(&up1);
        if (status != detector_up1_OK) die("detector_up1", detector_up1_status_text(status));

        const double middle = milliseconds();
        status = detector_up2_run(&up2);
        if (status != detector_up2_OK) die("detector_up2", detector_up2_status_text(status));

        const double end = milliseconds();
        if (i > 0) printf("%.6f %.6f\n", middle - start, end - middle);
    }

    write_tensor(argv[2], up1.output, detector_up1_OUTPUT_ELEMENTS);
    write_tensor(argv[3], up2.output, detector_up2_OUTPUT_ELEMENTS);
    return 0;
}
