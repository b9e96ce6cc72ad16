/* SPDX-License-Identifier: Apache-2.0 */
#include "loop.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define BIN 20000

struct drv_loop {
    struct drv_engine *engine;
    int64_t period, window, late;
    int event, runs, committed;
    struct drv_loop_state state;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t commit;
};

static int64_t read_clock(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static struct timespec as_timespec(int64_t time)
{
    return (struct timespec){time / SECOND, time % SECOND};
}

static void sleep_until(int64_t deadline)
{
    struct timespec time = as_timespec(deadline);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) == EINTR)
        ;
}

static void note(uint32_t bins[DRV_HISTOGRAM_BINS], int64_t *worst, int64_t late)
{
    int64_t bin = late < 0 ? 0 : late / BIN;
    bins[bin < DRV_HISTOGRAM_BINS ? bin : DRV_HISTOGRAM_BINS - 1]++;
    if (late > *worst)
        *worst = late;
}

/* Lock held. */
static void wait_for_commit(struct drv_loop *loop, int64_t until)
{
    struct timespec time = as_timespec(until);
    while (!loop->committed && loop->runs)
        if (pthread_cond_timedwait(&loop->commit, &loop->lock, &time) == ETIMEDOUT)
            break;
}

static void *run(void *argument)
{
    struct drv_loop *loop = argument;
    const uint64_t one = 1;
    int64_t deadline = read_clock() + loop->period;
    int running = 1;
    while (running) {
        sleep_until(deadline);
        int64_t now = read_clock();
        if (loop->engine != NULL)
            drv_engine_collect(loop->engine, now);
        pthread_mutex_lock(&loop->lock);
        note(loop->state.wake, &loop->state.worst_wake, now - deadline);
        if (now - deadline > loop->late)
            loop->state.late_at[loop->state.late_wakes++ % DRV_LATE_KEPT] = deadline;
        loop->state.tick_at = deadline;
        loop->state.ticks++;
        loop->committed = 0;
        if (write(loop->event, &one, sizeof one) < 0) {
            /* the counter is full: nobody reads, and nobody commits */
        }
        wait_for_commit(loop, deadline + loop->window);
        loop->state.uncommitted += !loop->committed;
        running = loop->runs;
        pthread_mutex_unlock(&loop->lock);
        now = read_clock();
        if (loop->engine != NULL)
            drv_engine_send(loop->engine, now);
        pthread_mutex_lock(&loop->lock);
        note(loop->state.send, &loop->state.worst_send, now - deadline);
        loop->state.late_sends += now - deadline > loop->window + loop->late;
        deadline += loop->period;
        while (deadline + loop->period < now) {
            deadline += loop->period;
            loop->state.skipped++;
        }
        pthread_mutex_unlock(&loop->lock);
    }
    return NULL;
}

struct drv_loop *drv_loop_start(struct drv_engine *engine, int64_t period, int64_t window, int64_t late, int event,
                                int priority)
{
    struct drv_loop *loop = calloc(1, sizeof *loop);
    if (loop == NULL)
        return NULL;
    loop->engine = engine;
    loop->period = period;
    loop->window = window;
    loop->late = late;
    loop->event = event;
    loop->runs = 1;
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&loop->commit, &clock);
    pthread_condattr_destroy(&clock);
    pthread_mutex_init(&loop->lock, NULL);
    if (pthread_create(&loop->thread, NULL, run, loop) != 0) {
        pthread_cond_destroy(&loop->commit);
        pthread_mutex_destroy(&loop->lock);
        free(loop);
        return NULL;
    }
    if (priority > 0) {
        struct sched_param parameters = {.sched_priority = priority};
        loop->state.real_time = pthread_setschedparam(loop->thread, SCHED_FIFO, &parameters) == 0;
    }
    return loop;
}

void drv_loop_commit(struct drv_loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->committed = 1;
    pthread_cond_signal(&loop->commit);
    pthread_mutex_unlock(&loop->lock);
}

void drv_loop_state(struct drv_loop *loop, struct drv_loop_state *state)
{
    pthread_mutex_lock(&loop->lock);
    *state = loop->state;
    pthread_mutex_unlock(&loop->lock);
}

void drv_loop_stop(struct drv_loop *loop)
{
    if (loop == NULL)
        return;
    pthread_mutex_lock(&loop->lock);
    loop->runs = 0;
    pthread_cond_signal(&loop->commit);
    pthread_mutex_unlock(&loop->lock);
    pthread_join(loop->thread, NULL);
    pthread_cond_destroy(&loop->commit);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}
