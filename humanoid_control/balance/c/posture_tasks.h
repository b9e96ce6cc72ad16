/* SPDX-License-Identifier: Apache-2.0 */
/* Joint accelerations towards the reference's posture, the same for standing and stepping. */
#ifndef HUMANOID_CONTROL_POSTURE_TASKS_H
#define HUMANOID_CONTROL_POSTURE_TASKS_H

#include "reference.h"
#include "whole_body.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Fill `tasks->joint` of waist, arms and the other free joints: stiffness and damping of their group in `p`, plus the share
 * `lead` of the reference's own acceleration.
 */
void posture_tasks(const reference_stream *reference, const whole_body_layout *layout, const balance_parameters *p, double lead,
                   const double *joint_angle, const double *joint_velocity, whole_body_tasks *tasks);

#ifdef __cplusplus
}
#endif

#endif
