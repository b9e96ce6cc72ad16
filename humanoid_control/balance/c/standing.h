/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standing on both feet: targets and state estimate -> task accelerations.
 *
 * Centre of mass: the divergent component of motion x = c + c'/w, w = sqrt(g / height), is steered by the centre of
 * pressure p = p_ref + (1 + k/w)(x - x_ref), which lets its error decay at rate k (Englsberger, Ott, Albu-Schaeffer,
 * "Three-dimensional bipedal walking control based on divergent component of motion", IEEE T-RO 31, 2015); p is
 * brought into the support polygon and c'' = w^2 (c - p).
 */
#ifndef HUMANOID_CONTROL_STANDING_H
#define HUMANOID_CONTROL_STANDING_H

#include "estimator.h"
#include "reference.h"
#include "support.h"
#include "whole_body.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct standing_hand {
    double position_offset[3], rotation_offset[3]; /* outer integral [m], [rad] */
    double contact_force[3];                       /* filtered, sensor axes [N] */
    double position_error, rotation_error;         /* norms [m], [rad] */
} standing_hand;

typedef struct standing {
    int latched;
    double stance_position[3], stance_yaw, stance_rotation[9]; /* mid-feet frame in odom */
    double foot_position[WHOLE_BODY_FEET][3], foot_rotation[WHOLE_BODY_FEET][9]; /* soles, when latched */
    support_polygon polygon;      /* soles as they are */
    support_polygon reach;        /* where the centre of pressure may go */
    support_polygon rest;         /* where the centre of mass may be asked to stay */
    standing_hand hand[WHOLE_BODY_HANDS];
    double dcm[2], dcm_reference[2], cop_target[2];
    double dcm_margin;            /* distance of the DCM to the edge of the support polygon, negative outside [m] */
} standing;

/* Take the stance frame and the support polygon from where the soles are now. */
void standing_latch(standing *s, const whole_body_layout *layout, const balance_parameters *p,
                    const rigid_body_state *state);

/*
 * Tasks for this tick. contact_force[h]: what touches the gripper, in sensor axes [N]; not finite = unknown.
 */
void standing_tasks(standing *s, const whole_body_layout *layout, const balance_parameters *p,
                    const rigid_body_model *model, const rigid_body_state *state, const reference_stream *reference,
                    const double *joint_angle, const double *joint_velocity,
                    const double contact_force[WHOLE_BODY_HANDS][3], double dt, whole_body_tasks *tasks);

#ifdef __cplusplus
}
#endif

#endif
