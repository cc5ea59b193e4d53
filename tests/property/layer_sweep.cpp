// SPDX-License-Identifier: Apache-2.0
#include "tests/property/layer_sweep.h"

#include <errno.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace tconv::test {
namespace {

constexpr uint64_t kFirstSeed = 20'261;
constexpr int kMostFailures = 3;

// Unoptimised and sanitized builds of the oracle take ten times as long; release builds run them all.
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
constexpr int64_t kLayers = 5000;
#else
constexpr int64_t kLayers = 400;
#endif

uint64_t number_of(const char *variable, const char *text) {
    char *end = nullptr;
    errno = 0;
    const uint64_t value = std::strtoull(text, &end, 10);
    const bool digits = text[0] >= '0' && text[0] <= '9';
    if (!digits || *end != '\0' || errno != 0)
        throw std::invalid_argument(std::string(variable) + " = " + text + ": must be an integer from 0 on");
    return value;
}

std::optional<uint64_t> from_environment(const char *variable) {
    const char *text = std::getenv(variable);
    if (!text) return std::nullopt;
    return number_of(variable, text);
}

// The command that runs the current test on this seed alone.
std::string command_for(uint64_t seed) {
    const testing::TestInfo *test = testing::UnitTest::GetInstance()->current_test_info();
    return "TCONV_PROPERTY_SEED=" + std::to_string(seed) + " TCONV_PROPERTY_LAYERS=1 " + program_invocation_name +
           " --gtest_filter=" + test->test_suite_name() + "." + test->name();
}

std::string finding_on(uint64_t seed, const Property &property) {
    const auto random = random_layer(seed);
    if (!random) return "the layer is refused: " + random.error().message;
    const std::string finding = property(*random);
    return finding.empty() ? "" : finding + "\nlayer: " + random->text;
}

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};
std::atomic<const char *> crash_text{nullptr};
struct sigaction previous_actions[NSIG];

// The fault happens again on return, under whatever handled it before.
void on_crash(int signal) {
    const char *text = crash_text.exchange(nullptr);
    if (text && write(STDERR_FILENO, text, std::strlen(text)) < 0) crash_text = nullptr;
    sigaction(signal, &previous_actions[signal], nullptr);
}

}  // namespace

SweepOptions sweep_options() {
    SweepOptions options{kFirstSeed, kLayers};
    if (const auto seed = from_environment("TCONV_PROPERTY_SEED")) options.first_seed = *seed;
    if (const auto layers = from_environment("TCONV_PROPERTY_LAYERS")) options.layers = static_cast<int64_t>(*layers);
    return options;
}

void expect_on_random_layers(const Property &property) { expect_on_random_layers(kLayers, property); }

void expect_on_random_layers(int64_t layers, const Property &property) {
    SweepOptions options = sweep_options();
    if (!std::getenv("TCONV_PROPERTY_LAYERS")) options.layers = layers;
    std::printf("seed %llu, %lld layers\n", static_cast<unsigned long long>(options.first_seed),
                static_cast<long long>(options.layers));
    std::fflush(stdout);
    int failures = 0;
    for (int64_t i = 0; i < options.layers && failures < kMostFailures; i++) {
        const uint64_t seed = options.first_seed + static_cast<uint64_t>(i);
        const std::string command = command_for(seed);
        const CrashNote note("\ncrashed on this layer:\n" + command + "\n");
        const std::string finding = finding_on(seed, property);
        if (finding.empty()) continue;
        failures++;
        ADD_FAILURE() << finding << "\n" << command;
    }
}

CrashNote::CrashNote(const std::string &text) : text_(text) {
    crash_text = text_.c_str();
    struct sigaction action = {};
    action.sa_handler = on_crash;
    for (const int signal : kCrashes) sigaction(signal, &action, &previous_actions[signal]);
}

CrashNote::~CrashNote() {
    crash_text = nullptr;
    for (const int signal : kCrashes) sigaction(signal, &previous_actions[signal], nullptr);
}

}  // namespace tconv::test
