/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stop categories (IEC 60204-1) as balance carries them out, and the way down into a controlled sit.
 *
 * The sit is a ceiling over the height of the centre of mass that all references ask for: it comes down, and goes up
 * again when the stop is over, with bounded rate and acceleration, whoever else commands the height and whether or not.
 */
#ifndef HUMANOID_CONTROL_STOPPING_H
#define HUMANOID_CONTROL_STOPPING_H

#include "parameters.h"
#include "reference.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Values of `safety/heartbeat`; the lower, the harder. */
enum { STOP_POWER_OFF = 0, STOP_SIT = 1, STOP_PROTECTIVE = 2, STOP_NONE = 3 };

typedef struct stopping {
    int category;
    int lowered;   /* the ceiling counts */
    double height; /* of the ceiling over the soles [m] */
    double rate;   /* of the ceiling, upwards [m/s] */
} stopping;

/* Free to work. */
void stopping_init(stopping *s);

/*
 * Move the ceiling on by dt [s] and lower the targets of the centre of mass to it. `may_sit`: whether the robot can be
 * lowered now; while it steps it cannot.
 */
void stopping_lower(stopping *s, const balance_parameters *p, reference_targets *targets, int may_sit, double dt);

#ifdef __cplusplus
}
#endif

#endif
