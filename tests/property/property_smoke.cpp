// SPDX-License-Identifier: Apache-2.0
// property_smoke [SEED [COUNT [ISA ...]]]: the general kernels of every instruction set that this processor runs, or of
// those named, on COUNT random layers. A program of its own, without GoogleTest, for processors that are emulated.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/property/plan_runs.h"
#include "tests/property/properties.h"

namespace tconv::test {
namespace {

struct Arguments {
    uint64_t seed = 1;
    uint64_t count = 100;
    std::vector<Isa> isas;
};

Expected<uint64_t> read_number(const char *name, const char *text) {
    char *end = nullptr;
    const uint64_t value = std::strtoull(text, &end, 10);
    if (end == text || *end != '\0' || text[0] == '-')
        return invalid_argument(name, text, "must be an integer from 0 on");
    return value;
}

Expected<Arguments> read_arguments(int count, char **texts) {
    Arguments arguments;
    if (count > 1) {
        const auto seed = read_number("SEED", texts[1]);
        if (!seed) return seed.error();
        arguments.seed = *seed;
    }
    if (count > 2) {
        const auto layers = read_number("COUNT", texts[2]);
        if (!layers) return layers.error();
        arguments.count = *layers;
    }
    for (int i = 3; i < count; i++) {
        const auto isa = find_isa(texts[i]);
        if (!isa) return isa.error();
        arguments.isas.push_back(*isa);
    }
    if (arguments.isas.empty()) arguments.isas = available_isas();
    return arguments;
}

std::string finding_on(uint64_t seed, Kernels kernels) {
    const auto random = random_layer(seed);
    if (!random) return random.error().message;
    for (const auto property : {matches_oracle, stays_inside_its_tensors, keeps_nonfinite_with_its_taps})
        if (const std::string finding = property(random->layer, seed, kernels); !finding.empty())
            return finding + "\nlayer: " + random->text;
    return is_adjoint_of_convolution(*random, kernels);
}

int check(const Arguments &arguments, const char *program) {
    for (const Isa isa : arguments.isas) {
        for (uint64_t i = 0; i < arguments.count; i++) {
            const uint64_t seed = arguments.seed + i;
            std::string finding = finding_on(seed, {isa, Method::kCheapest});
            if (finding.empty()) finding = finding_on(seed, {isa, Method::kColumns});
            if (finding.empty()) continue;
            std::fprintf(stderr, "%s: %s\n%s %llu 1 %s\n", to_string(isa), finding.c_str(), program,
                         static_cast<unsigned long long>(seed), to_string(isa));
            return 1;
        }
        std::printf("%s: %llu layers from seed %llu are right\n", to_string(isa),
                    static_cast<unsigned long long>(arguments.count), static_cast<unsigned long long>(arguments.seed));
        std::fflush(stdout);
    }
    return 0;
}

}  // namespace
}  // namespace tconv::test

int main(int count, char **texts) {
    const auto arguments = tconv::test::read_arguments(count, texts);
    if (!arguments) {
        std::fprintf(stderr, "%s\n", arguments.error().message.c_str());
        return 2;
    }
    return tconv::test::check(*arguments, texts[0]);
}
