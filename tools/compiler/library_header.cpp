// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include "tools/compiler/library_abi_text.h"
#include "tools/compiler/library_description.h"

namespace tconv {

namespace {

std::string comma_separated(const std::vector<int64_t> &values) {
    std::string text;
    for (int64_t value : values) {
        text += (text.empty() ? "" : ", ") + std::to_string(value);
    }
    return text;
}

// The template's words: @NAME@ is the layer's name, @KEY@ an entry of `words`.
std::string substitute(const std::string &text, const std::vector<std::pair<std::string, std::string>> &words) {
    std::string result = text;
    for (const auto &[key, value] : words) {
        const std::string word = "@" + key + "@";
        for (size_t at = result.find(word); at != std::string::npos; at = result.find(word, at + value.size())) {
            result.replace(at, word.size(), value);
        }
    }
    return result;
}

const char *const kOpening =
    R"(/* @NAME@: @SUMMARY@, compiled by tconv @VERSION@ for @TARGET@. Machine generated; do not edit.
 *
 *   output = activation(conv_transpose(input, filter) + bias), as @OP@ computes it
 *   input  [@INPUT_SHAPE@], output [@OUTPUT_SHAPE@], @LAYOUT@, @DTYPE@, dense unless strides are given
 *   filter [@FILTER_SHAPE@]: @FILTER_AXES@
 *
 * @THREADS@
 *
 * @NUMBERS@
 */
#ifndef @NAME@_H_
#define @NAME@_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define @NAME@_ABI @ABI@
#define @NAME@_TARGET "@TARGET@"
#define @NAME@_DTYPE "@DTYPE@"
#define @NAME@_LAYOUT "@LAYOUT@"
#define @NAME@_RANK @RANK@ /* dimensions of input and output */
#define @NAME@_INPUT_SHAPE @INPUT_SHAPE@
#define @NAME@_OUTPUT_SHAPE @OUTPUT_SHAPE@
#define @NAME@_FILTER_SHAPE @FILTER_SHAPE@
#define @NAME@_INPUT_ELEMENTS @INPUT_ELEMENTS@
#define @NAME@_OUTPUT_ELEMENTS @OUTPUT_ELEMENTS@
#define @NAME@_FILTER_ELEMENTS @FILTER_ELEMENTS@
#define @NAME@_BIAS_ELEMENTS @BIAS_ELEMENTS@
#define @NAME@_WEIGHTS_IN_LIBRARY @WEIGHTS_INSIDE@ /* 1: NAME_args.weights is ignored */
#define @NAME@_WEIGHTS_BYTES @WEIGHTS_BYTES@ /* of packed weights */
#define @NAME@_WORKSPACE_BYTES @WORKSPACE_BYTES@
#define @NAME@_TENSOR_ALIGNMENT @TENSOR_ALIGNMENT@ /* bytes that addresses of input, output, filter and bias are multiples of */
#define @NAME@_WEIGHTS_ALIGNMENT @ALIGNMENT@ /* the same for weights */
#define @NAME@_WORKSPACE_ALIGNMENT @ALIGNMENT@ /* and for workspace */
#define @NAME@_MULTIPLY_ADDS @MACS@ /* inside the image; a multiply-add is two floating-point operations */
#define @NAME@_STAGES @STAGES@
@STACK@#define @NAME@_HAS_SUPPORTED @HAS_SUPPORTED@ /* 1: there is NAME_supported() */

/* What functions return. Any other value is an error of the device. */
enum {
@STATUSES@};

/* The caller owns all memory, and keeps it alive during a call. Input and output may not overlap.
 *
 * Strides count elements between neighbours, one for each of the @RANK@ dimensions in the order of the shape; NULL means
 * dense. The tensor spans less than 2^31 elements, no two output cells share memory@STRIDE_RULE@. Memory between the cells is not
 * touched. Checked are the span, zeros in the output and what the last rule says; cells that overlap otherwise are not. */
typedef struct @NAME@_args {
@ARGS@} @NAME@_args;

/* Computes the layer on the calling thread. */
int @NAME@_run(const @NAME@_args *args);

/* Computes task i, 0 <= i < NAME_tasks(stage), of a stage. Tasks of a stage may run in any order and at the same time on
 * the same arguments; all of a stage must have ended before the next stage begins. */
int @NAME@_task(const @NAME@_args *args, int stage, int i);
)";

const char *const kSupported = R"(
/* 1 where the processor, and the operating system on it, have all that NAME_TARGET needs, 0 elsewhere. To be asked first:
 * on a processor without these instructions every other function here may end the program by an illegal one. */
int @NAME@_supported(void);
)";

const char *const kPack = R"(
/* Packs a filter and a bias@BIAS_RULE@ for this library into NAME_WEIGHTS_BYTES at `weights`. */
int @NAME@_pack(const @FILTER_TYPE@ *filter, const @BIAS_TYPE@ *bias, void *weights);
)";

const char *const kClosing = R"(
/* Number of tasks of a stage; 0 for a stage that does not exist. */
static inline int @NAME@_tasks(int stage)
{
    static const int tasks[@NAME@_STAGES] = {@TASKS@};
    return stage >= 0 && stage < @NAME@_STAGES ? tasks[stage] : 0;
}

/* Bytes that args->workspace must have: a constant, and a call on the arguments for code that also serves libraries whose
 * extents are decided at run time. */
@WORKSPACE_CONSTANT@
#define @NAME@_workspace_bytes(...) ((size_t)@NAME@_WORKSPACE_BYTES)

/* The algorithm that was chosen when the library was built. */
static inline const char *@NAME@_variant(void)
{
    return "@VARIANT@";
}

static inline const char *@NAME@_status_text(int status)
{
    switch (status) {
@STATUS_TEXTS@    default: return "device error";
    }
}

/* Calls body(closure, i) for every i in [0, count), in any order, on any threads, and returns when all have ended. */
typedef void (*@NAME@_parallel_for)(void *context, int count, void (*body)(void *closure, int i), void *closure);

typedef struct @NAME@_stage_closure {
    const @NAME@_args *args;
    int stage;
    volatile int status; /* volatile for compilers without the atomic store below */
} @NAME@_stage_closure;

static inline void @NAME@_stage_body(void *closure, int i)
{
    @NAME@_stage_closure *c = (@NAME@_stage_closure *)closure;
    const int status = @NAME@_task(c->args, c->stage, i);
    if (status != 0) { /* any one of the failures is reported */
#if defined(__GNUC__)
        __atomic_store_n(&c->status, status, __ATOMIC_RELAXED);
#else
        c->status = status;
#endif
    }
}

/* Computes the layer with the caller's threads; the result is the same, bit for bit, for any number of them. */
static inline int @NAME@_run_parallel(const @NAME@_args *args, @NAME@_parallel_for parallel_for, void *context)
{
    int stage;
    for (stage = 0; stage < @NAME@_STAGES; stage++) {
        @NAME@_stage_closure closure;
        closure.args = args;
        closure.stage = stage;
        closure.status = 0;
        parallel_for(context, @NAME@_tasks(stage), @NAME@_stage_body, &closure);
        if (closure.status != 0) {
            return closure.status;
        }
    }
    return @NAME@_OK;
}

#ifdef __cplusplus
}
#endif

#endif /* @NAME@_H_ */
)";

const char *const kCpuThreads =
    R"(All functions are re-entrant and thread-safe: they keep no state, and write to output and workspace alone. Calls that
 * run at the same time need different outputs and workspaces; weights may be shared. They neither allocate nor start
 * threads.)";

const char *const kGpuThreads =
    R"(Tensors are host memory; device memory is allocated during a call. One call at a time: while a layer runs, the error
 * handler of Halide's run-time library, one for the whole process, is replaced by one that reports errors as status codes.)";

const char *const kDirectNumbers = R"(Sums are direct: a cell's rounding error is relative to its own products.)";

const char *const kTransformedNumbers =
    R"(Sums go through transforms of windows: the rounding error of a cell is relative to the largest inputs in the window of
 * its tile, and beyond what @NAME@.json says of finite_range they may overflow. "max_error_growth": 1 in the layer file
 * chooses direct sums.)";

const char *const kNonfiniteStays =
    R"(
 * A NaN or Inf of the input reaches the cells of its taps and no others.)";

const char *const kNonfiniteSpreads =
    R"(
 * A NaN or Inf of the input may reach cells near those of its taps. "strict_nonfinite": true in the layer file forbids that.)";

// What docs/semantics.md, section 10, says of the algorithm.
std::string numbers_comment(const Choice &choice) {
    return std::string(choice.transforms ? kTransformedNumbers : kDirectNumbers) +
           (choice.spreads_nonfinite ? kNonfiniteSpreads : kNonfiniteStays);
}

int64_t tensor_alignment(const ElementTypes &types) {
    return std::max({element_bytes(types.input), element_bytes(types.filter), element_bytes(types.bias()),
                     element_bytes(types.output)});
}

// An enumerator has to fit into an int.
std::string workspace_constant(const LibraryDescription &library) {
    const bool fits = library.workspace_bytes <= std::numeric_limits<int>::max();
    return fits ? "enum { @NAME@_workspace_bytes = @WORKSPACE_BYTES@ };"
                : "static const size_t @NAME@_workspace_bytes = @WORKSPACE_BYTES@;";
}

// What a GPU's run-time library takes is not known, nor what compilers for other processors do.
std::string stack_macro(const LibraryDescription &library) {
    if (library.stack_bytes.empty()) {
        return "";
    }
    int64_t most = 0;
    for (const auto &[entry_point, bytes] : library.stack_bytes) {
        most = std::max(most, bytes);
    }
    return "#define @NAME@_STACK_BYTES " + std::to_string(most) + " /* that a call takes at most" +
           (library.target.is_gpu() ? ", without the device's run-time library" : "") + " */\n";
}

}  // namespace

std::string library_header(const LibraryDescription &library) {
    const Layer &layer = library.layer;
    std::string tasks;
    for (const auto &stage : library.stages) {
        tasks += (tasks.empty() ? "" : ", ") + std::to_string(stage.tasks);
    }
    std::string stride_rule =
        layer.layout == Layout::kChannelsLast ? ",\n * and channels lie side by side (stride 1)" : "";
    if (library.target.is_gpu()) {
        stride_rule += ",\n * and nothing is negative";
    }
    const bool gpu = library.target.is_gpu();
    const std::vector<std::pair<std::string, std::string>> words = {
        {"STATUSES", library_status_lines()},
        {"STATUS_TEXTS", library_status_cases()},
        {"ARGS", library_args_lines()},
        {"SUMMARY", std::to_string(layer.spatial_rank) + "-D transposed convolution"},
        {"VERSION", TCONV_VERSION},
        {"TARGET", library.target.name},
        {"OP", to_string(layer.op)},
        {"THREADS", gpu ? kGpuThreads : kCpuThreads},
        {"NUMBERS", numbers_comment(library.choice)},
        {"WEIGHTS_COMMENT", library.weights_inside ? "ignored: they are in the library" : "packed by NAME_pack"},
        {"ABI", std::to_string(kLibraryAbi)},
        {"DTYPE", layer.dtype()},
        {"INPUT_TYPE", c_type(layer.types.input)},
        {"OUTPUT_TYPE", c_type(layer.types.output)},
        {"FILTER_TYPE", c_type(layer.types.filter)},
        {"BIAS_TYPE", c_type(layer.types.bias())},
        {"LAYOUT", to_string(layer.layout)},
        {"RANK", std::to_string(layer.spatial_rank + 2)},
        {"INPUT_SHAPE", comma_separated(layer.input_shape())},
        {"OUTPUT_SHAPE", comma_separated(layer.output_shape())},
        {"FILTER_AXES", layer.filter_axes()},
        {"FILTER_SHAPE", comma_separated(layer.filter_shape())},
        {"INPUT_ELEMENTS", std::to_string(layer.input_elements())},
        {"OUTPUT_ELEMENTS", std::to_string(layer.output_elements())},
        {"FILTER_ELEMENTS", std::to_string(layer.filter_elements())},
        {"BIAS_ELEMENTS", std::to_string(layer.bias_elements())},
        {"WEIGHTS_INSIDE", library.weights_inside ? "1" : "0"},
        {"WEIGHTS_BYTES", std::to_string(library.weights_bytes)},
        {"WORKSPACE_CONSTANT", workspace_constant(library)},
        {"WORKSPACE_BYTES", std::to_string(library.workspace_bytes)},
        {"TENSOR_ALIGNMENT", std::to_string(tensor_alignment(layer.types))},
        {"ALIGNMENT", std::to_string(kWeightsAlignment)},
        {"MACS", std::to_string(layer.useful_macs())},
        {"STAGES", std::to_string(library.stages.size())},
        {"STACK", stack_macro(library)},
        {"HAS_SUPPORTED", library.processor_check ? "1" : "0"},
        {"STRIDE_RULE", stride_rule},
        {"BIAS_RULE", layer.bias ? "" : " (ignored: the layer has none)"},
        {"TASKS", tasks},
        {"VARIANT", library.choice.variant},
        {"NAME", layer.name},  // last: other words contain it
    };
    const std::string functions =
        std::string(library.processor_check ? kSupported : "") + (library.weights_inside ? "" : kPack);
    return substitute(kOpening + functions + kClosing, words);
}

}  // namespace tconv
