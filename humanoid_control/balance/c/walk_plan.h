/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Footsteps and the divergent component of motion (DCM) x = c + c'/w of the linear inverted pendulum.
 *
 * During a step on foot u_i the centre of pressure moves from the last foot to u_i within the double support time Td
 * and then stays; the DCM at the start of step i is
 *     x_i = u_i + (1 - s) (u_(i-1) - u_i) + b_i,   s = (1 - exp(-w Td)) / (w Td),
 *     b_i = exp(-w T) (s (u_(i+1) - u_i) + b_(i+1)),
 * integrated backward over the footsteps that are foreseen, beyond which the gait repeats itself. Cf. Englsberger,
 * Ott, Albu-Schaeffer, "Three-dimensional bipedal walking control based on divergent component of motion", IEEE
 * T-RO 31 (2015), and Khadiv et al., "Walking control based on step timing adaptation", IEEE T-RO 36 (2020), for the
 * offset b of the DCM at touchdown.
 *
 * Foot 0 is the left one. Poses are x, y [m] and yaw [rad] of a sole on the floor.
 */
#ifndef HUMANOID_CONTROL_WALK_PLAN_H
#define HUMANOID_CONTROL_WALK_PLAN_H

#include "walk_parameters.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WALK_PREVIEW 4 /* footsteps foreseen */

typedef struct walk_pose {
    double x, y, yaw;
} walk_pose;

/* What the present step aims at, seen from the stance foot. */
typedef struct walk_plan {
    walk_pose step;   /* nominal next footstep */
    double share;     /* s above */
    double offset[2]; /* b of the next step [m] */
    double end[2];    /* DCM at touchdown: s step + b [m] */
} walk_plan;

/* Pose `to` seen from `from`, and the pose that is seen from `from` as `relative`. */
walk_pose walk_pose_relative(walk_pose from, walk_pose to);
walk_pose walk_pose_compose(walk_pose from, walk_pose relative);

/* The footstep after stance foot `stance`, seen from it, that walks at `velocity` (x, y [m/s], turn [rad/s]). */
walk_pose walk_step_of_velocity(const walk_parameters *p, const double velocity[3], double duration, int stance);

/*
 * Plan of the present step with natural frequency `omega` [1/s]. step: the footsteps ahead as seen from the stance
 * foot, the next one first; beyond them the gait goes on at `velocity`.
 */
void walk_plan_make(const walk_parameters *p, double omega, int stance, const walk_pose step[WALK_PREVIEW],
                    const double velocity[3], walk_plan *plan);

/*
 * Reference at `time` [s] into a step of `duration` [s] whose double support lasts `double_support` [s] and starts
 * with the centre of pressure at `start`; everything seen from the stance foot [m].
 */
void walk_reference(double omega, const double end[2], const double start[2], double time, double duration,
                    double double_support, double cop[2], double dcm[2]);

/* Centre of pressure from which such a reference begins at `dcm`. */
void walk_reference_start(double omega, const double end[2], const double dcm[2], double duration, double double_support,
                          double start[2]);

#ifdef __cplusplus
}
#endif

#endif
