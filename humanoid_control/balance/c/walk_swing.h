/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trajectory of the swinging foot: quintic polynomials from the present position, velocity and acceleration to a
 * target that may change at every tick; the foot stays level.
 */
#ifndef HUMANOID_CONTROL_WALK_SWING_H
#define HUMANOID_CONTROL_WALK_SWING_H

#include "walk_plan.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { WALK_SWING_X = 0, WALK_SWING_Y = 1, WALK_SWING_Z = 2, WALK_SWING_YAW = 3, WALK_SWING_AXES = 4 };

/* Sole of the swinging foot; position and yaw in the world [m], [rad]. */
typedef struct walk_swing {
    double position[WALK_SWING_AXES];
    double velocity[WALK_SWING_AXES];
    double acceleration[WALK_SWING_AXES];
} walk_swing;

/*
 * Advance position, velocity and acceleration by `dt` on the quintic that reaches `target` (the same three) in
 * `time` [s]; a shorter time than `dt` counts as `dt`.
 */
void walk_quintic_step(double *position, double *velocity, double *acceleration, const double target[3], double time,
                       double dt);

/* The swing starts at rest where the foot is. */
void walk_swing_start(walk_swing *swing, const double position[3], double yaw);

/*
 * Advance by `dt`. elapsed: time since the foot left the floor [s]; left: time until touchdown [s]; floor: its
 * height at the stance foot [m].
 */
void walk_swing_advance(const walk_parameters *p, walk_swing *swing, walk_pose target, double floor, double elapsed,
                        double left, double dt);

#ifdef __cplusplus
}
#endif

#endif
