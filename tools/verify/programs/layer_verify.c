/* SPDX-License-Identifier: Apache-2.0
 * Runs one library on given data and writes its output:
 *
 *     layer_verify INPUT FILTER BIAS OUTPUT SEED once|all
 *
 * Every tensor lies between guard pages, and what is only read is read-only. `all` repeats the layer in the other ways
 * that the header offers, and demands the same bytes: its tasks in a shuffled order, through run_parallel, and with
 * strides that leave gaps between the cells, which must stay as they were. */
#include "layer_support.h"
#include "opencl_device.h"

enum {
    kRank = LAYER(RANK),
    kInputBytes = LAYER(INPUT_ELEMENTS) * sizeof(float),
    kOutputBytes = LAYER(OUTPUT_ELEMENTS) * sizeof(float)
};

typedef LAYER(args) Args;
typedef int (*Execute)(const Args *args);

static const float *input_cells; /* dense */
static Tensor weights;
static uint32_t shuffle_state;

static uint32_t next_random(void) {
    shuffle_state = shuffle_state * 1664525u + 1013904223u;
    return shuffle_state >> 8;
}

static int execute_run(const Args *args) { return LAYER(run)(args); }

static int execute_shuffled_tasks(const Args *args) {
    int status = LAYER(OK);
    for (int stage = 0; stage < LAYER(STAGES); stage++) {
        const int count = LAYER(tasks)(stage);
        int *order = malloc(sizeof(int) * (size_t)(count > 0 ? count : 1));
        if (!order) fail("no memory for %d tasks", count);
        for (int i = 0; i < count; i++) {
            const int other = (int)(next_random() % (uint32_t)(i + 1));
            order[i] = order[other];
            order[other] = i;
        }
        for (int i = 0; i < count && status == LAYER(OK); i++) status = LAYER(task)(args, stage, order[i]);
        free(order);
    }
    return status;
}

static void backwards(void *context, int count, void (*body)(void *closure, int i), void *closure) {
    (void)context;
    for (int i = count; i-- > 0;) body(closure, i);
}

static int execute_parallel(const Args *args) { return LAYER(run_parallel)(args, backwards, NULL); }

static void pack_weights(const char *filter_path, const char *bias_path) {
    weights = make_tensor("weights", LAYER(WEIGHTS_BYTES), LAYER(WEIGHTS_ALIGNMENT), kAtEnd);
#if !LAYER(WEIGHTS_IN_LIBRARY)
    {
        const size_t bias_bytes = LAYER(BIAS_ELEMENTS) * sizeof(float);
        Tensor filter = make_tensor("filter", LAYER(FILTER_ELEMENTS) * sizeof(float), sizeof(float), kAtEnd);
        Tensor bias = make_tensor("bias", bias_bytes, sizeof(float), kAtEnd);
        read_file(filter_path, filter.data, filter.bytes);
        read_file(bias_path, bias.data, bias.bytes);
        make_read_only(&filter);
        make_read_only(&bias);
        require_ok("pack",
                   LAYER(pack)((const float *)filter.data, bias_bytes ? (const float *)bias.data : NULL, weights.data));
        require_slack_untouched(&weights);
        free_tensor(&filter);
        free_tensor(&bias);
    }
#else
    (void)filter_path;
    (void)bias_path;
#endif
    make_read_only(&weights);
}

/* Strides with a gap after every dimension; returns the elements that the cells span. */
static int64_t strides_with_gaps(const int64_t *shape, int64_t *strides) {
    int64_t step = strcmp(LAYER(LAYOUT), "channels_last") == 0 ? 1 : 2;
    int64_t span = 1;
    for (int d = kRank; d-- > 0;) {
        strides[d] = step;
        step = step * shape[d] + 3 + d;
        span += (shape[d] - 1) * strides[d];
    }
    return span;
}

/* Where the dense cell `index` lies under `strides`. */
static int64_t strided_index(const int64_t *shape, const int64_t *strides, int64_t index) {
    int64_t at = 0;
    for (int d = kRank; d-- > 0; index /= shape[d]) at += index % shape[d] * strides[d];
    return at;
}

static void run_dense(const char *how, Execute execute, Edge edge, unsigned char *result) {
    Tensor input = make_tensor("input", kInputBytes, LAYER(TENSOR_ALIGNMENT), edge);
    Tensor output = make_tensor("output", kOutputBytes, LAYER(TENSOR_ALIGNMENT), edge);
    Tensor workspace = make_tensor("workspace", LAYER(WORKSPACE_BYTES), LAYER(WORKSPACE_ALIGNMENT), edge);
    Args args;
    memset(&args, 0, sizeof args);
    args.input = (const float *)input.data;
    args.output = (float *)output.data;
    args.weights = weights.data;
    args.workspace = workspace.data;
    memcpy(input.data, input_cells, kInputBytes);
    make_read_only(&input);
    require_ok(how, execute(&args));
    require_slack_untouched(&output);
    require_slack_untouched(&workspace);
    memcpy(result, output.data, kOutputBytes);
    free_tensor(&input);
    free_tensor(&output);
    free_tensor(&workspace);
}

static void run_strided(unsigned char *result) {
    static const int64_t input_shape[kRank] = {LAYER(INPUT_SHAPE)}, output_shape[kRank] = {LAYER(OUTPUT_SHAPE)};
    int64_t input_strides[kRank], output_strides[kRank];
    const size_t input_bytes = (size_t)strides_with_gaps(input_shape, input_strides) * sizeof(float);
    const size_t output_bytes = (size_t)strides_with_gaps(output_shape, output_strides) * sizeof(float);
    Tensor input = make_tensor("strided input", input_bytes, LAYER(TENSOR_ALIGNMENT), kAtEnd);
    Tensor output = make_tensor("strided output", output_bytes, LAYER(TENSOR_ALIGNMENT), kAtEnd);
    Tensor workspace = make_tensor("workspace", LAYER(WORKSPACE_BYTES), LAYER(WORKSPACE_ALIGNMENT), kAtStart);
    Args args;
    memset(&args, 0, sizeof args);
    args.input = (const float *)input.data;
    args.output = (float *)output.data;
    args.weights = weights.data;
    args.workspace = workspace.data;
    args.input_strides = input_strides;
    args.output_strides = output_strides;
    for (int64_t i = 0; i < LAYER(INPUT_ELEMENTS); i++)
        ((float *)input.data)[strided_index(input_shape, input_strides, i)] = input_cells[i];
    make_read_only(&input);
    require_ok("run with strides", LAYER(run)(&args));
    for (int64_t i = 0; i < LAYER(OUTPUT_ELEMENTS); i++) {
        unsigned char *cell = output.data + strided_index(output_shape, output_strides, i) * (int64_t)sizeof(float);
        memcpy(result + i * (int64_t)sizeof(float), cell, sizeof(float));
        memset(cell, kGarbage, sizeof(float));
    }
    require_garbage(&output, output.pages, output.pages + output.page_bytes);
    free_tensor(&input);
    free_tensor(&output);
    free_tensor(&workspace);
}

static void require_same(const char *how, const unsigned char *first, const unsigned char *other) {
    for (size_t i = 0; i < kOutputBytes; i++) {
        if (first[i] == other[i]) continue;
        i -= i % sizeof(float);
        fail("%s differs from run: cell %zu is %.9g instead of %.9g", how, i / sizeof(float),
             *(const float *)(const void *)(other + i), *(const float *)(const void *)(first + i));
    }
}

int main(int argc, char **argv) {
    unsigned char *first = malloc(kOutputBytes + 1), *other = malloc(kOutputBytes + 1);
    float *cells = malloc(kInputBytes + 1);
    if (argc != 7) fail("usage: layer_verify INPUT FILTER BIAS OUTPUT SEED once|all");
    if (!first || !other || !cells) fail("no memory for the tensors");
    catch_stray_accesses();
    require_processor();
    choose_opencl_device();
    shuffle_state = (uint32_t)strtoul(argv[5], NULL, 10);
    read_file(argv[1], cells, kInputBytes);
    input_cells = cells;
    pack_weights(argv[2], argv[3]);

    run_dense("run", execute_run, kAtEnd, first);
    if (strcmp(argv[6], "all") == 0) {
        run_dense("task", execute_shuffled_tasks, kAtStart, other);
        require_same("task in a shuffled order", first, other);
        run_dense("run_parallel", execute_parallel, kAtEnd, other);
        require_same("run_parallel", first, other);
        if (kOutputBytes > 0 && kInputBytes > 0) {
            run_strided(other);
            require_same("run with strides", first, other);
        }
    }
    write_file(argv[4], first, kOutputBytes);
    return 0;
}
