/* SPDX-License-Identifier: Apache-2.0
 * What the programs that exercise one library share: memory between guard pages, and files.
 * layer_under_test.h is written for each library; LAYER(run) is its NAME_run. */
#ifndef TCONV_LAYER_SUPPORT_H
#define TCONV_LAYER_SUPPORT_H

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "layer_under_test.h"
#include "program_failure.h"

enum { kGarbage = 0xFF }; /* what memory holds before it is written; as float32 a NaN */

/* Memory with an inaccessible page on either side. `edge` says which side touches `data` itself. */
typedef enum Edge { kAtStart, kAtEnd } Edge;

typedef struct Tensor {
    const char *name;
    unsigned char *pages; /* first accessible byte */
    size_t page_bytes;
    unsigned char *data;
    size_t bytes;
} Tensor;

/* Before anything else of the library is called. */
static void require_processor(void) {
#if LAYER(HAS_SUPPORTED)
    if (!LAYER(supported)()) fail("this processor lacks instructions of %s", LAYER(TARGET));
#endif
}

/* Tensors alive, for the report of an access outside of one. */
enum { kMaxTensors = 8 };
static Tensor live_tensors[kMaxTensors];

static size_t guard_bytes(void) { return (size_t)sysconf(_SC_PAGESIZE); }

static void report_stray_access(int signal_number, siginfo_t *info, void *context) {
    const unsigned char *address = (const unsigned char *)info->si_addr;
    char text[160];
    int length = snprintf(text, sizeof text, "access to an address outside of every tensor\n");
    (void)signal_number;
    (void)context;
    for (int i = 0; i < kMaxTensors; i++) {
        const Tensor *tensor = &live_tensors[i];
        if (!tensor->pages || address < tensor->pages - guard_bytes() ||
            address >= tensor->pages + tensor->page_bytes + guard_bytes())
            continue;
        if (address >= tensor->pages && address < tensor->pages + tensor->page_bytes)
            length = snprintf(text, sizeof text, "write to %s, which is read-only\n", tensor->name);
        else
            length = snprintf(text, sizeof text, "access %ld bytes from the start of %s, which has %ld\n",
                              (long)(address - tensor->data), tensor->name, (long)tensor->bytes);
    }
    if (write(STDERR_FILENO, text, (size_t)length) < 0) _exit(2);
    _exit(1);
}

static void catch_stray_accesses(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = report_stray_access;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}

static Tensor make_tensor(const char *name, size_t bytes, size_t alignment, Edge edge) {
    const size_t page = guard_bytes();
    Tensor tensor;
    int slot = 0;
    tensor.name = name;
    tensor.bytes = bytes;
    tensor.page_bytes = (bytes / page + 1) * page;
    tensor.pages = mmap(NULL, tensor.page_bytes + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (tensor.pages == MAP_FAILED) fail("no memory for %s of %zu bytes", name, bytes);
    tensor.pages += page;
    if (mprotect(tensor.pages, tensor.page_bytes, PROT_READ | PROT_WRITE) != 0) fail("mprotect failed");
    memset(tensor.pages, kGarbage, tensor.page_bytes);
    tensor.data = tensor.pages;
    if (edge == kAtEnd) {
        tensor.data += tensor.page_bytes - bytes;
        tensor.data -= (uintptr_t)tensor.data % alignment;
    }
    while (slot < kMaxTensors && live_tensors[slot].pages) slot++;
    if (slot == kMaxTensors) fail("too many tensors");
    live_tensors[slot] = tensor;
    return tensor;
}

static void free_tensor(const Tensor *tensor) {
    for (int i = 0; i < kMaxTensors; i++)
        if (live_tensors[i].pages == tensor->pages) live_tensors[i].pages = NULL;
    munmap(tensor->pages - guard_bytes(), tensor->page_bytes + 2 * guard_bytes());
}

/* From here on a write to the tensor is reported. */
static void make_read_only(const Tensor *tensor) {
    if (mprotect(tensor->pages, tensor->page_bytes, PROT_READ) != 0) fail("mprotect failed");
}

static void require_garbage(const Tensor *tensor, const unsigned char *begin, const unsigned char *end) {
    for (const unsigned char *at = begin; at < end; at++)
        if (*at != kGarbage)
            fail("%s: a byte %ld from its start, which is none of its cells, was written", tensor->name,
                 (long)(at - tensor->data));
}

/* The slack that alignment leaves between a tensor and its guard pages. */
static void require_slack_untouched(const Tensor *tensor) {
    require_garbage(tensor, tensor->pages, tensor->data);
    require_garbage(tensor, tensor->data + tensor->bytes, tensor->pages + tensor->page_bytes);
}

static void read_file(const char *path, void *data, size_t bytes) {
    FILE *file = fopen(path, "rb");
    if (!file || fread(data, 1, bytes, file) != bytes) fail("%s: cannot be read", path);
    fclose(file);
}

static void write_file(const char *path, const void *data, size_t bytes) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(data, 1, bytes, file) != bytes || fclose(file) != 0) fail("%s: cannot be written", path);
}

static void require_ok(const char *function, int status) {
    if (status != LAYER(OK)) fail("%s returned %d: %s", function, status, LAYER(status_text)(status));
}

#endif
