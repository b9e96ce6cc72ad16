/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stepping: gait and state estimate -> task accelerations, as standing.h does for standing. The pelvis and torso keep
 * the orientation of whole_body/reference relative to the gait's heading, the arms its posture; hand targets wait
 * until the robot stands again.
 */
#ifndef HUMANOID_CONTROL_WALK_TASKS_H
#define HUMANOID_CONTROL_WALK_TASKS_H

#include "reference.h"
#include "walk_machine.h"
#include "whole_body.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct walking {
    walk_parameters parameters;
    int configured;            /* `parameters` were set; without them the robot only stands */
    balance_parameters gains;  /* those of the controller, with the weights of stepping */
    whole_body_layout layout;  /* that of the controller, without hand tasks */
    int commanded;
    double velocity[3];        /* x, y [m/s], turn [rad/s] */
    walk_state gait;
    walk_output out;
} walking;

/* Stand with the soles where they are. Returns an exit code of walk_machine.h. */
int walking_stand(walking *w, const whole_body_layout *layout, const rigid_body_state *state,
                  const reference_stream *reference);

/*
 * One tick of the gait; force: normal forces of the soles [N]. Returns an exit code; w->out.mode tells whether the
 * robot stands (then standing.h has the tasks) or steps (then walking_tasks has them).
 */
int walking_update(walking *w, const whole_body_layout *layout, const rigid_body_state *state,
                   const reference_stream *reference, const double force[WHOLE_BODY_FEET], double dt);

/* Tasks of a stepping robot, to be solved with w->gains and w->layout, which it makes from the controller's. */
void walking_tasks(walking *w, const balance_parameters *p, const whole_body_layout *layout,
                   const rigid_body_model *model, const rigid_body_state *state,
                   const reference_stream *reference, const double *joint_angle, const double *joint_velocity,
                   whole_body_tasks *tasks);

#ifdef __cplusplus
}
#endif

#endif
