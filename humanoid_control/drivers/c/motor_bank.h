/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Electronics of emulated motors, as far as every tick needs them: control frames in, feedback frames out, lost frames.
 * Everything else (identity, parameters, modes) is left to the caller.
 */
#ifndef HUMANOID_DRIVERS_MOTOR_BANK_H
#define HUMANOID_DRIVERS_MOTOR_BANK_H

#include <stdint.h>

#include "bus_port.h"

struct drv_bank_motor {
    int32_t id, host;
    struct drv_ranges ranges;
    double position, velocity, torque, temperature; /* as the encoders have it; the caller writes them */
    struct drv_control command;                     /* the last one in run mode */
    int32_t faults, mode;
    int32_t silent;   /* hears nothing and says nothing */
    int32_t heard;    /* a frame came since the caller last cleared this */
    int32_t answers_as; /* a number under which it answers wrongly; 0: its own */
    int32_t reserved;
};

struct drv_bank {
    uint64_t random;          /* state of the generator, not 0 */
    double loss;              /* share of frames lost, each way */
    uint64_t received, lost;
};

/* Feedback of one motor as it is now, to the host that last spoke to it. Returns the encoder's code. */
int drv_bank_feedback(const struct drv_bank_motor *motor, struct drv_frame *frame);

/*
 * Receives what waits on `descriptor`, answers control frames in `replies` and copies other frames to `others`, both of
 * DRV_PORT_BATCH. Returns DRV_OK with both counts, or DRV_PORT_LOST with what came before.
 */
int drv_bank_serve(struct drv_bank *bank, struct drv_bank_motor *motors, int count, int descriptor,
                   struct drv_frame *replies, int32_t *reply_count, struct drv_frame *others, int32_t *other_count);

/* Whether the next frame is lost on its way; advances the generator. */
int drv_bank_loses(struct drv_bank *bank);

#endif
