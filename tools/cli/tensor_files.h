// SPDX-License-Identifier: Apache-2.0
// Tensors that a command takes as .npy files: judged by their headers first, read when everything else is in order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tconv/npy.h"
#include "tconv/status.h"

namespace tconv {

struct TensorFile {
    std::string argument, path;  // "--input", "x.npy"
    NpyInfo info;

    int64_t bytes() const;
    int64_t bytes_while_reading() const { return info.fortran_order ? 2 * bytes() : bytes(); }
};

// What one call takes.
struct TensorFiles {
    TensorFile input, filter;
    std::optional<TensorFile> bias;
};

// Errors have the form "argument = path: rule".
Expected<TensorFile> inspect_tensor(const std::string &argument, const std::string &path);
Expected<Array> read_tensor(const TensorFile &file);

}  // namespace tconv
