/* SPDX-License-Identifier: Apache-2.0
 * The widest vectors that the compiler's flags allow, and the letter by which an assembler statement takes one. */
#ifndef TCONV_TARGET_VECTORS_H
#define TCONV_TARGET_VECTORS_H

#if defined(__AVX512F__)
enum { kVectorBytes = 64 };
#elif defined(__AVX__)
enum { kVectorBytes = 32 };
#else
enum { kVectorBytes = 16 };
#endif

#if defined(__AVX512F__)
#define REGISTER "v"
#elif defined(__x86_64__) || defined(__i386__)
#define REGISTER "x"
#else
#define REGISTER "w"
#endif

typedef float Vector __attribute__((vector_size(kVectorBytes), may_alias));

#endif
