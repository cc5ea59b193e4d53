/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200112L
#include "pool.h"

#include <pthread.h>
#include <stdlib.h>

struct thread_pool {
    pthread_mutex_t lock; /* of all that follows but the threads */
    pthread_cond_t work;  /* there is a loop, or an end of all */
    pthread_cond_t done;  /* the loop has ended */
    void (*body)(void *closure, int i);
    void *closure;
    int count, next, left; /* calls of the loop, the next to be made, those that have not ended */
    int stop;
    int helpers; /* threads besides the caller's */
    pthread_t threads[];
};

/* Makes calls until none is left to be made; holds the lock outside them. */
static void work_off(thread_pool *p) {
    while (p->next < p->count) {
        const int i = p->next++;
        pthread_mutex_unlock(&p->lock);
        p->body(p->closure, i);
        pthread_mutex_lock(&p->lock);
        if (--p->left == 0) pthread_cond_signal(&p->done);
    }
}

static void *help(void *argument) {
    thread_pool *p = argument;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        work_off(p);
        pthread_cond_wait(&p->work, &p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

thread_pool *pool_create(int threads) {
    const int helpers = threads > 1 ? threads - 1 : 0;
    thread_pool *p = calloc(1, sizeof *p + (size_t)helpers * sizeof p->threads[0]);
    if (p == NULL) return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, NULL);
    while (p->helpers < helpers && pthread_create(&p->threads[p->helpers], NULL, help, p) == 0) ++p->helpers;
    return p;
}

int pool_threads(const thread_pool *p) { return p->helpers + 1; }

void pool_parallel_for(void *context, int count, void (*body)(void *closure, int i), void *closure) {
    thread_pool *p = context;
    pthread_mutex_lock(&p->lock);
    p->body = body;
    p->closure = closure;
    p->count = p->left = count;
    p->next = 0;
    pthread_cond_broadcast(&p->work);
    work_off(p);
    while (p->left > 0) pthread_cond_wait(&p->done, &p->lock);
    pthread_mutex_unlock(&p->lock);
}

void pool_destroy(thread_pool *p) {
    pthread_mutex_lock(&p->lock);
    p->stop = 1;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->helpers; ++i) pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}
