// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the arguments of the operators (operators.h) are made of.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tconv/plan.h"

namespace tconv {

/// Extents of a tensor, counted in elements.
using Shape = std::vector<int64_t>;

/// None, an integer, or a list of them: `x = {}` or `std::nullopt`, `x = 2`, `x = {2}`, `x = {2, 1}`. As in Python, a
/// list of one is not the integer. A bool or a floating-point number does not compile; inside braces C++ turns a bool into
/// 0 or 1.
class IntOrList {
public:
    IntOrList() = default;
    IntOrList(std::nullopt_t) {}
    template<typename T, std::enable_if_t<std::is_integral_v<T> && !std::is_same_v<T, bool>, int> = 0>
    IntOrList(T value) : kind_(Kind::kInteger), values_{saturated(value)} {}
    IntOrList(std::initializer_list<int64_t> values) : kind_(Kind::kList), values_(values) {}
    IntOrList(std::vector<int64_t> values) : kind_(Kind::kList), values_(std::move(values)) {}

    bool is_none() const { return kind_ == Kind::kNone; }
    bool is_integer() const { return kind_ == Kind::kInteger; }
    bool is_list() const { return kind_ == Kind::kList; }
    /// The elements of a list; the integer alone; nothing for None.
    const std::vector<int64_t> &values() const { return values_; }

private:
    enum class Kind { kNone, kInteger, kList };

    template<typename T>
    static int64_t saturated(T value) {
        constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
        if constexpr (std::is_unsigned_v<T>) return static_cast<int64_t>(value < kMost ? value : kMost);
        return static_cast<int64_t>(value);
    }

    Kind kind_ = Kind::kNone;
    std::vector<int64_t> values_;
};

/// What follows the sum in the same pass; the functional originals have no such arguments.
struct Epilogue {
    std::optional<TensorView> bias = {};         ///< [out_channels]
    std::optional<std::string> activation = {};  ///< by Keras name, e.g. "relu"; none: linear
    /// Of the activation, by the names that a layer file has, e.g. {{"negative_slope", 0.01}}; empty: a bare name. Finite: a
    /// limit of clip that is not wanted is left out.
    std::map<std::string, double> parameters = {};
    /// Of "prelu": one for each output channel, or one. Elsewhere none.
    std::optional<std::vector<float>> alpha = {};
};

/// "SAME", "VALID", or pairs of cells before and behind, one for each dimension in the order of data_format.
class TfPadding {
public:
    TfPadding(const char *mode) : mode_(mode) {}
    TfPadding(std::string mode) : mode_(std::move(mode)) {}
    TfPadding(std::vector<std::array<int64_t, 2>> pairs) : pairs_(std::move(pairs)), is_list_(true) {}
    TfPadding(std::initializer_list<std::array<int64_t, 2>> pairs) : pairs_(pairs), is_list_(true) {}

    bool is_list() const { return is_list_; }
    const std::string &mode() const { return mode_; }
    const std::vector<std::array<int64_t, 2>> &pairs() const { return pairs_; }

private:
    std::string mode_;
    std::vector<std::array<int64_t, 2>> pairs_;
    bool is_list_ = false;
};

}  // namespace tconv
