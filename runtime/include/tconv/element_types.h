// SPDX-License-Identifier: Apache-2.0
/// \file
/// The types of a layer's elements, and what follows from a type alone.
#pragma once

#include <cstdint>

namespace tconv {

/// kFloat16 has a size and nothing else: no reader accepts it, and nothing computes it.
enum class DataType { kFloat32, kFloat16 };

const char *to_string(DataType type);

/// Of one element in memory. A type must fill whole bytes.
constexpr int64_t element_bytes(DataType type) {
    switch (type) {
    case DataType::kFloat32: return 4;
    case DataType::kFloat16: return 2;
    }
    return 0;
}

/// u, the largest relative error of rounding to the type; integers up to 1/u are exact in it.
constexpr double unit_roundoff(DataType type) {
    switch (type) {
    case DataType::kFloat32: return 0x1p-24;
    case DataType::kFloat16: return 0x1p-11;
    }
    return 0;
}

/// What the tensors of a layer hold, and what its sums are taken in.
struct ElementTypes {
    DataType input = DataType::kFloat32;
    DataType filter = DataType::kFloat32;
    DataType accumulate = DataType::kFloat32;
    DataType output = DataType::kFloat32;

    static constexpr ElementTypes all(DataType type) { return {type, type, type, type}; }
    /// The bias is added to sums, before they become outputs.
    constexpr DataType bias() const { return accumulate; }
};

constexpr bool operator==(const ElementTypes &a, const ElementTypes &b) {
    return a.input == b.input && a.filter == b.filter && a.accumulate == b.accumulate && a.output == b.output;
}
constexpr bool operator!=(const ElementTypes &a, const ElementTypes &b) { return !(a == b); }

}  // namespace tconv
