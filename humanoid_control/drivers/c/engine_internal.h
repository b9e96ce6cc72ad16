/* SPDX-License-Identifier: Apache-2.0 */
/* Memory of the engine, shared by the files that make it; nobody else includes this. */
#ifndef HUMANOID_DRIVERS_ENGINE_INTERNAL_H
#define HUMANOID_DRIVERS_ENGINE_INTERNAL_H

#include <pthread.h>

#include "bus_port.h"
#include "engine.h"

#define DRV_NANOSECONDS 1e9
#define DRV_LATENCY_BIN 20000 /* [ns] */
#define DRV_MODE_RUN 2
#define DRV_JUMPS_OF_A_FAULT 3
#define DRV_STOP_TICKS 10     /* for which OFF repeats its stop frames */

struct drv_bus {
    int receive, send, connected;
    struct drv_bus_state state;
    struct drv_frame outbox[DRV_PORT_BATCH];
    int outbox_size;
    int next_poll; /* motor whose voltage is asked for next */
    pthread_t thread;
    int thread_runs;
    struct drv_engine *engine;
};

struct drv_motor {
    struct drv_motor_setup setup;
    struct drv_motor_state state;
    int64_t sent_at;     /* of the last frame that is answered by feedback */
    int awaiting;        /* no answer to it yet */
    int jumps;           /* implausible positions in a row */
    int switched_off;    /* at fault: it gets stop frames only */
    double command[5];   /* position, velocity, torque, kp, kd of this tick */
};

struct drv_joint {
    struct drv_joint_setup setup;
    double position, velocity, effort;                 /* measured */
    double command_position, command_velocity, command_effort;
    double hold_position, hold_effort;                 /* HOLD and SIT */
    double target_position, target_velocity, target_effort, target_kp, target_kd; /* this tick */
};

struct drv_pair {
    struct drv_pair_setup setup;
    double zero[2];      /* crank angles at zero joints */
    double posture[2];   /* last solution, first guess of the next */
    double jacobian[4];
};

struct drv_engine {
    struct drv_engine_setup setup;
    struct drv_bus buses[DRV_MAX_BUSES];
    struct drv_motor motors[DRV_MAX_MOTORS];
    struct drv_joint joints[DRV_MAX_JOINTS];
    struct drv_single_setup singles[DRV_MAX_JOINTS];
    struct drv_pair pairs[DRV_MAX_JOINTS];
    struct drv_status status;
    int motor_of[DRV_MAX_BUSES][256]; /* index + 1 by bus and id, 0: none */
    int has_command;     /* since the motors were enabled or a latched HOLD was released */
    int commanded;       /* since the motors were enabled */
    int posture_known;   /* ENABLING has found the posture to hold */
    int64_t command_at, hold_since, latched_since, sit_since, enable_since, blend_since, joints_at;
    int stop_frames;     /* ticks for which OFF still sends stop */
    double sit_from[DRV_MAX_JOINTS];
    pthread_mutex_t lock;
};

/* Latches a fault with its first cause; a later one does not hide it. Lock held. */
void drv_latch(struct drv_engine *engine, int64_t now, int cause, int place, double detail);
/* HOLD from the present posture and torques. Lock held. */
void drv_enter_hold(struct drv_engine *engine, int64_t now);
void drv_enter_off(struct drv_engine *engine);
/* Cause that is present now, DRV_CAUSE_NONE when all is well. Lock held. */
int drv_check(struct drv_engine *engine, int64_t now, int *place, double *detail);

static inline double drv_seconds(int64_t from, int64_t to)
{
    return (double)(to - from) / DRV_NANOSECONDS;
}

/* engine_targets.c: fills the joints' targets of this tick. */
void drv_compute_targets(struct drv_engine *engine, int64_t now);

/* engine_receive.c */
void drv_bus_drain(struct drv_engine *engine, int bus, int64_t now);
int drv_bus_start_thread(struct drv_engine *engine, int bus);
void drv_bus_stop_thread(struct drv_engine *engine, int bus);

/* engine_mapping.c */
void drv_motors_to_joints(struct drv_engine *engine, int64_t now);
void drv_joints_to_motors(struct drv_engine *engine);

#endif
