/* SPDX-License-Identifier: Apache-2.0
 * How a program says why it ends. */
#ifndef TCONV_PROGRAM_FAILURE_H
#define TCONV_PROGRAM_FAILURE_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(1);
}

#endif
