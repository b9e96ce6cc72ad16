/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KIN_STEP_BOUNDS_H
#define KIN_STEP_BOUNDS_H

#include "kin_common.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bounds of one step dt [s] of joints that must keep position, velocity and acceleration limits for ever.
 * The next velocity v is bounded by the velocity limit, by acceleration from the last velocity, and by being able
 * to brake before the position limit: (v + a dt / 2)^2 <= 2 a (limit - q) bounds the sum of braking in steps of dt, and
 * v dt <= limit - q suffices up to v = a dt.
 * Where they contradict one another, position comes before acceleration.
 * All arrays have n entries; lower and upper [rad] are outputs with lower <= upper. */
int kin_step_bounds(int n, double dt, const double *position, const double *velocity, const double *position_lower,
                    const double *position_upper, const double *velocity_limit, const double *acceleration_limit,
                    double *lower, double *upper);

#ifdef __cplusplus
}
#endif
#endif
