/* SPDX-License-Identifier: Apache-2.0
 * What the system says of its processor, without root. What it does not say is left out. */
#ifndef TCONV_SYSTEM_FACTS_H
#define TCONV_SYSTEM_FACTS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The text behind "key : " in the last block of /proc/cpuinfo: where cores differ, that of a large one. Empty: none. */
static const char *cpuinfo(const char *key) {
    static char text[256];
    char line[4096];
    FILE *file = fopen("/proc/cpuinfo", "r");
    text[0] = 0;
    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        const size_t length = strlen(key);
        const char *colon = line + length;
        if (strncmp(line, key, length) != 0) continue;
        colon += strspn(colon, " \t");
        if (*colon != ':') continue;
        colon += strspn(colon, ": \t");
        snprintf(text, sizeof(text), "%.*s", (int)strcspn(colon, "\n"), colon);
    }
    if (file != NULL) fclose(file);
    return text;
}

static void print_names(void) {
    char vendor[64];
    const char *model = cpuinfo("model name");
    if (*model == 0) model = cpuinfo("Model"); /* a board's own name */
    if (*model != 0) printf("model %s\n", model);
    snprintf(vendor, sizeof(vendor), "%s", cpuinfo("vendor_id"));
    if (vendor[0] != 0) {
        const long family = strtol(cpuinfo("cpu family"), NULL, 10);
        printf("x86 %s %ld", vendor, family);
        printf(" %ld\n", strtol(cpuinfo("model"), NULL, 10));
    } else if (*cpuinfo("CPU part") != 0) {
        printf("arm %ld", strtol(cpuinfo("CPU implementer"), NULL, 0));
        printf(" %ld\n", strtol(cpuinfo("CPU part"), NULL, 0));
    }
}

/* One line of a file of the first processor's caches; empty where there is none. */
static const char *cache_text(int index, const char *name) {
    static char text[256];
    char path[128];
    FILE *file;
    snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index, name);
    file = fopen(path, "r");
    text[0] = 0;
    if (file != NULL && fgets(text, sizeof(text), file) == NULL) text[0] = 0;
    if (file != NULL) fclose(file);
    return text;
}

/* How many processors "0-3,8-11" has. */
static long processors_of(const char *list) {
    long count = 0;
    while (*list >= '0' && *list <= '9') {
        char *end;
        const long first = strtol(list, &end, 10), last = *end == '-' ? strtol(end + 1, &end, 10) : first;
        count += last - first + 1;
        list = *end == ',' ? end + 1 : end;
    }
    return count;
}

static void print_caches(void) {
    for (int index = 0; index < 8; index++) {
        const long level = strtol(cache_text(index, "level"), NULL, 10);
        const char *size = cache_text(index, "size");
        char *unit;
        const long number = strtol(size, &unit, 10);
        const long bytes = number * (*unit == 'K' ? 1024 : *unit == 'M' ? 1024 * 1024 : 1);
        long sharing, line;
        if (level < 1 || bytes < 1 || cache_text(index, "type")[0] == 'I') continue;
        sharing = processors_of(cache_text(index, "shared_cpu_list"));
        printf("cache %ld %ld %ld\n", level, bytes, sharing > 0 ? sharing : 1);
        line = strtol(cache_text(index, "coherency_line_size"), NULL, 10);
        if (level == 1 && line > 0) printf("line_bytes %ld\n", line);
    }
}

static void print_system(void) {
    print_names();
    print_caches();
}

#endif
