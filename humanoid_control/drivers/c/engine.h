/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exchange of joint commands and states with the motors of several buses, tick by tick, and what happens when
 * something fails. Times are nanoseconds of one clock that the caller reads (monotonic, or simulated).
 *
 *     collect(now)   frames in, motors to joints, monitors
 *     command(...)   what the controller wants, at any time, from any thread
 *     send(now)      ladder of states, joints to motors, frames out
 *
 * Ladder: OFF -> ENABLING -> HOLD -> RUN. A command that grows stale leads to HOLD and, if none comes back, over SIT to
 * OFF. A fault leads to HOLD at once, latched: it ends in SIT and OFF unless it is reset while nothing is wrong any
 * more. RUN is entered from HOLD by blending the commands in. HOLD keeps the posture it found, stiff and damped, and
 * starts from the torques of that moment; the motor at fault is switched off and stays so.
 *
 * All memory is allocated by drv_engine_create. Every call but create and destroy is safe from any thread.
 */
#ifndef HUMANOID_DRIVERS_ENGINE_H
#define HUMANOID_DRIVERS_ENGINE_H

#include <stdint.h>

#include "ankle.h"
#include "can_codec.h"

#define DRV_MAX_BUSES 16
#define DRV_MAX_MOTORS 64
#define DRV_MAX_JOINTS 64
#define DRV_HISTOGRAM_BINS 100

enum drv_state {
    DRV_STATE_OFF = 0,
    DRV_STATE_ENABLING = 1,
    DRV_STATE_HOLD = 2,
    DRV_STATE_RUN = 3,
    DRV_STATE_SIT = 4,
};

enum drv_cause {
    DRV_CAUSE_NONE = 0,
    DRV_CAUSE_STALE = 1,          /* no command for sit_after */
    DRV_CAUSE_REQUEST = 2,        /* drv_engine_stop, place: category */
    DRV_CAUSE_MOTOR_SILENT = 3,   /* place: motor */
    DRV_CAUSE_BUS_LOST = 4,       /* place: bus */
    DRV_CAUSE_MOTOR_FAULT = 5,    /* place: motor, detail: fault bits */
    DRV_CAUSE_MOTOR_LIMP = 6,     /* place: motor; it left run mode by itself */
    DRV_CAUSE_TEMPERATURE = 7,    /* place: motor, detail: deg C */
    DRV_CAUSE_VOLTAGE = 8,        /* place: motor, detail: V */
    DRV_CAUSE_JOINT_RANGE = 9,    /* place: joint beyond its hard limit, detail: position */
    DRV_CAUSE_ENCODER = 10,       /* place: motor whose position jumps */
    DRV_CAUSE_NOT_ENABLED = 11,   /* place: motor that did not come to run mode, detail: fault bits */
    DRV_CAUSE_LINKAGE = 12,       /* place: first joint of a linkage whose motors fit no posture */
};

enum drv_engine_code {
    DRV_ENGINE_BAD_SETUP = -40, /* an index or number of the setup makes no sense */
    DRV_ENGINE_REFUSED = -41,   /* not in this state, or a cause is still there */
    DRV_ENGINE_NO_THREAD = -42, /* the system gives no further thread */
};

struct drv_motor_setup {
    int32_t bus, id;
    struct drv_ranges ranges;
    double torque_limit;                     /* [Nm] at the motor */
    double derate_from, stop_at;             /* [deg C] */
    double volt_minimum, volt_derate, volt_maximum; /* [V] */
};

struct drv_joint_setup {
    double soft_lower, soft_upper, hard_lower, hard_upper; /* [rad, m] */
    double effort_limit, velocity_limit;
    double run_kp, run_kd;   /* gains under command */
    double hold_kp, hold_kd; /* gains of HOLD and SIT */
    double limit_kp;         /* stiffness beyond a soft limit */
    double sit_position;     /* where SIT goes */
    int32_t keep_command;    /* HOLD keeps the last command and gains (grippers) */
    int32_t reserved;
};

/* motor = ratio * joint + offset. */
struct drv_single_setup {
    int32_t joint, motor;
    double ratio, offset;
};

/* motor[i] = ratio[i] * (crank angle i - its value at zero joints) + offset[i]. */
struct drv_pair_setup {
    int32_t joints[2], motors[2];
    struct drv_rod rods[2];
    double ratio[2], offset[2];
};

struct drv_engine_setup {
    int32_t buses, motors, joints, singles, pairs;
    int32_t host;
    int32_t read_only;     /* never write; believe feedback to any host */
    int32_t lock_step;     /* feedback is as old as the frames that asked for it; no receiving threads */
    int32_t poll_every;    /* ticks between questions for a supply voltage on each bus; 0: never */
    int32_t priority;      /* SCHED_FIFO of the receiving threads where the system permits it; 0: leave it alone */
    double period;         /* all times [s] */
    double stale_after, sit_after, sit_time, blend_time, silent_after, enable_time;
};

struct drv_motor_state {
    double position, velocity, torque, temperature, voltage; /* of the motor; voltage 0 until read */
    double derating;                                         /* 0..1 of the torque limit */
    int64_t stamp;                                           /* of the last feedback, 0: never */
    int32_t faults, mode;
    uint32_t report, reserved;                               /* last fault mask of a type-21 message */
    uint64_t sent, received, lost;
};

struct drv_bus_state {
    uint64_t sent, received, refused, garbled, foreign, dropped, error_frames;
    int32_t lost; /* the socket failed */
    int32_t reserved;
    uint32_t latency[DRV_HISTOGRAM_BINS]; /* of replies, 20 us a bin, the last one open */
};

struct drv_status {
    int32_t state, cause, place, latched;
    double detail;
    int64_t ticks, commands, refused_commands, stale_ticks, saturated;
    int32_t refused_joint, reserved; /* joint of the last refused command, -1: none */
};

struct drv_engine;

/* NULL when memory is short. The arrays are copied. `code` says what is wrong. */
struct drv_engine *drv_engine_create(const struct drv_engine_setup *setup, const struct drv_motor_setup *motors,
                                     const struct drv_joint_setup *joints, const struct drv_single_setup *singles,
                                     const struct drv_pair_setup *pairs, int *code);
void drv_engine_destroy(struct drv_engine *engine);

/* Gives a bus its sockets; they stay the caller's. Descriptor -1 takes the bus away. In real time this starts the
 * thread that receives from it. */
int drv_engine_attach(struct drv_engine *engine, int bus, int receive, int send, int connected);

void drv_engine_collect(struct drv_engine *engine, int64_t now);
void drv_engine_send(struct drv_engine *engine, int64_t now);

/* Arrays over all joints. Returns 0, or -(1 + joint) when a value of that joint is not finite; the command is then
 * dropped whole. */
int drv_engine_command(struct drv_engine *engine, int64_t now, const double *position, const double *velocity,
                       const double *effort);

/* Begins to enable the motors and to hold the present posture; needs fresh feedback of all of them. */
int drv_engine_start(struct drv_engine *engine, int64_t now);
/* Stop of category 0 (off), 1 (sit, then off) or 2 (hold), latched. */
int drv_engine_stop(struct drv_engine *engine, int64_t now, int category);
/* Releases a latched HOLD when nothing is wrong any more. */
int drv_engine_reset(struct drv_engine *engine, int64_t now);

/* Measured position, velocity and effort over all joints; returns the time they are of, 0 until every motor was heard
 * since the start: they mean nothing before. */
int64_t drv_engine_joints(struct drv_engine *engine, double *position, double *velocity, double *effort);
void drv_engine_status(struct drv_engine *engine, struct drv_status *status);
void drv_engine_motors(struct drv_engine *engine, struct drv_motor_state *motors);
void drv_engine_buses(struct drv_engine *engine, struct drv_bus_state *buses);

#endif
