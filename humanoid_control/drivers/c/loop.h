/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real time: a thread that runs the engine at absolute deadlines. At each deadline it collects and wakes whoever waits
 * on an eventfd; it sends as soon as the command is committed, at the latest `window` after the deadline. A deadline
 * that has passed for more than a period is skipped and counted, never made up for.
 */
#ifndef HUMANOID_DRIVERS_LOOP_H
#define HUMANOID_DRIVERS_LOOP_H

#include <stdint.h>

#include "engine.h"

#define DRV_LATE_KEPT 1024

struct drv_loop_state {
    int64_t ticks, skipped, uncommitted; /* uncommitted: sent without a new command */
    int64_t tick_at;                     /* deadline of the running tick [ns], monotonic */
    int64_t worst_wake, worst_send;      /* [ns] after the deadline */
    int32_t real_time, reserved;         /* whether the thread got SCHED_FIFO */
    uint32_t wake[DRV_HISTOGRAM_BINS];   /* lateness of waking, 20 us a bin, the last one open */
    uint32_t send[DRV_HISTOGRAM_BINS];   /* lateness of the frames' sending */
    int64_t late_wakes;                  /* deadlines missed in waking: by more than `late` */
    int64_t late_sends;                  /* and in sending: by more than `late` after the end of the window */
    int64_t late_at[DRV_LATE_KEPT];      /* deadlines last missed in waking [ns], round about from 0 */
};

struct drv_loop;

/* NULL when memory or threads are short. Without an engine (NULL) the thread only keeps its deadlines: that measures
 * the computer. `priority` 0 leaves the scheduling alone. A deadline met more than `late` [ns] after its time is missed. */
struct drv_loop *drv_loop_start(struct drv_engine *engine, int64_t period, int64_t window, int64_t late, int event,
                                int priority);
/* The command for this tick was given: send now. */
void drv_loop_commit(struct drv_loop *loop);
void drv_loop_state(struct drv_loop *loop, struct drv_loop_state *state);
/* Ends the thread after its tick. */
void drv_loop_stop(struct drv_loop *loop);

#endif
