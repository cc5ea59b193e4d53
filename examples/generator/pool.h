/* SPDX-License-Identifier: Apache-2.0
 * A thread pool for NAME_run_parallel, to copy, or to see what is asked of a pool that you have. Its threads sleep between
 * loops. One loop runs at a time: a pool belongs to one thread, which works with the others. */
#ifndef POOL_H
#define POOL_H

typedef struct thread_pool thread_pool;

/* For loops on this many threads, the calling one among them; fewer where the system gives no more. NULL: no memory. */
thread_pool *pool_create(int threads);
int pool_threads(const thread_pool *pool);
void pool_destroy(thread_pool *pool);

/* The parallel_for of every library, with the pool as its context: calls body(closure, i) for every i in [0, count), and
 * returns when all have ended. */
void pool_parallel_for(void *pool, int count, void (*body)(void *closure, int i), void *closure);

#endif
