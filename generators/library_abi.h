// SPDX-License-Identifier: Apache-2.0
// What a library and its callers agree on: status codes and the arguments' struct. The layer program makes code of it, and
// the header that tconv writes says it in C.
#pragma once

#include <array>
#include <cstddef>

#include "tconv/filter_layout.h"

namespace tconv {

constexpr int kLibraryAbi = 1;

// Bytes that weights and workspace pointers must be multiples of.
constexpr int kWeightsAlignment = kPackedAlignment;

// Status codes of NAME_run, NAME_task and NAME_pack.
enum LibraryStatus {
    kLibraryOk,
    kLibraryErrorNull,
    kLibraryErrorAlignment,
    kLibraryErrorStrides,
    kLibraryErrorExtents,
    kLibraryErrorTask,
};

struct LibraryStatusText {
    LibraryStatus status;
    const char *name;     // NAME_<name> in the header
    const char *meaning;  // beside the enumerator; "" where the name says it
    const char *text;     // of NAME_status_text
};

// In the words of the header's template, with its placeholders.
constexpr std::array<LibraryStatusText, 6> kLibraryStatuses = {{
    {kLibraryOk, "OK", "", "success"},
    {kLibraryErrorNull, "ERROR_NULL", "a pointer that is needed is NULL", "a pointer that is needed is NULL"},
    {kLibraryErrorAlignment, "ERROR_ALIGNMENT", "a pointer is not aligned as the macros above say",
     "a pointer is not aligned: tensors to @TENSOR_ALIGNMENT@ bytes, weights and workspace to @ALIGNMENT@"},
    {kLibraryErrorStrides, "ERROR_STRIDES", "strides that the rules at NAME_args forbid",
     "strides: channels apart, a stride of 0 in the output, something negative on a device, or a span of 2^31 "
     "elements"},
    {kLibraryErrorExtents, "ERROR_EXTENTS", "extents is not NULL: this library has the extents it was compiled for",
     "extents must be NULL: they were fixed when the library was built"},
    {kLibraryErrorTask, "ERROR_TASK", "no such stage or task", "no such stage or task"},
}};

// Fields of NAME_args, all of pointer size.
enum ArgsField {
    kArgsInput,
    kArgsOutput,
    kArgsWeights,
    kArgsWorkspace,
    kArgsInputStrides,
    kArgsOutputStrides,
    kArgsExtents,
};

struct ArgsFieldText {
    ArgsField field;
    const char *type;
    const char *name;
    const char *comment;
    bool joined = false;  // declared together with the field before, which has the same type
};

// In the order in which they lie in memory.
constexpr std::array<ArgsFieldText, 7> kArgsFields = {{
    {kArgsInput, "const @INPUT_TYPE@ *", "input", ""},
    {kArgsOutput, "@OUTPUT_TYPE@ *", "output", ""},
    {kArgsWeights, "const void *", "weights", "@WEIGHTS_COMMENT@"},
    {kArgsWorkspace, "void *", "workspace", "scratch of NAME_WORKSPACE_BYTES; may be NULL where that is 0"},
    {kArgsInputStrides, "const int64_t *", "input_strides", ""},
    {kArgsOutputStrides, "const int64_t *", "output_strides", "", true},
    {kArgsExtents, "const int64_t *", "extents", "NULL"},
}};

// Each stands where its number says.
constexpr bool library_abi_in_order() {
    for (size_t i = 0; i < kLibraryStatuses.size(); i++) {
        if (kLibraryStatuses[i].status != static_cast<LibraryStatus>(i)) {
            return false;
        }
    }
    for (size_t i = 0; i < kArgsFields.size(); i++) {
        if (kArgsFields[i].field != static_cast<ArgsField>(i)) {
            return false;
        }
    }
    return true;
}
static_assert(library_abi_in_order());

}  // namespace tconv
