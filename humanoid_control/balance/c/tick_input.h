/* SPDX-License-Identifier: Apache-2.0 */
/* What one tick of the balance controller is given, whether it makes sense, and what is told of it. Private. */
#ifndef HUMANOID_CONTROL_TICK_INPUT_H
#define HUMANOID_CONTROL_TICK_INPUT_H

#include "controller.h"

typedef struct tick_input {
    int64_t stamp;
    const double *position, *velocity;
    double *command_position, *command_velocity, *command_effort;
    double dt;
    double seen[BALANCE_MAX_ENTRIES]; /* position with planned wrenches of soles whose sensor makes no sense */
} tick_input;

/* Entry of low_state without which the robot cannot be balanced and that makes no sense; -1 when all are good. */
int tick_input_find_bad(const balance_description *d, const tick_input *in);

/*
 * A robot that stands or walks goes on without a sole's sensor: it believes the wrench that it planned at the last tick,
 * and where the feet are tells when one comes down.
 */
void tick_input_replace_soles(balance_controller *c, tick_input *in);

/* Entry of a joint that is far from where it was at the last tick, further than it can have moved; -1 if none. */
int tick_input_find_jump(const balance_controller *c, const tick_input *in);

/* Report what was seen: also when no command comes of it. */
void tick_report_state(balance_controller *c, const tick_input *in);

/* Report what follows from it. */
void tick_report_command(balance_controller *c, const tick_input *in);

#endif
