// SPDX-License-Identifier: Apache-2.0
// The arguments of tconv/operators.h as the objects that the readers take, so that C++ and files obey one set of rules.
#pragma once

#include "runtime/layer/json_reader.h"
#include "tconv/operators.h"

namespace tconv {

Json as_json(const nn::Conv1dTransposeArguments &arguments);
Json as_json(const ConvTransposeArguments &arguments);
Json as_json(const nn::Conv2dTransposeArguments &arguments);
Json as_json(const nn::AtrousConv2dTransposeArguments &arguments);
Json as_json(const nn::Conv3dTransposeArguments &arguments);
Json as_json(const keras::ops::ConvTransposeArguments &arguments);
Json as_json(const keras::layers::Conv2DTransposeArguments &arguments);

}  // namespace tconv
