/* SPDX-License-Identifier: Apache-2.0 */
/* Walking of a balance controller (balance.h): commands in, state of the gait out. */
#ifndef HUMANOID_CONTROL_WALK_CONTROL_H
#define HUMANOID_CONTROL_WALK_CONTROL_H

#include "balance.h"
#include "walk_machine.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Values in the order of the table in walk_parameters.h; to be called once before the first tick, and whenever they
 * change. Nothing changes unless all are good. Returns BALANCE_OK or BALANCE_BAD_PARAMETER.
 */
int balance_set_walk_parameters(balance_controller *controller, const double *values, int count);

/*
 * Walk at velocity x, y [m/s], turn [rad/s] in the robot's own axes from now on, or (walk = 0) come to a stand.
 * Returns BALANCE_OK, or BALANCE_BAD_REFERENCE for a velocity that is not finite (nothing changes).
 */
int balance_walk(balance_controller *controller, int walk, const double velocity[3]);

/*
 * Walk over footsteps in odom, in order, instead of at a velocity; none = stop. Returns an exit code of
 * walk_machine.h, WALK_BAD_INPUT when the robot does not stand or step.
 */
int balance_follow(balance_controller *controller, const walk_footstep *footstep, int count);

/* State and last output of the gait; stay valid, and change with every tick. */
const walk_state *balance_gait(const balance_controller *controller);
const walk_output *balance_gait_output(const balance_controller *controller);

/* For balance_tick.c: stand where the soles are, without a command. */
void balance_stand(balance_controller *controller);

/*
 * For balance_tick.c: accelerations and torques of one tick, standing or stepping. force: normal forces of the soles
 * [N]; touch: what touches the grippers [N]. Returns an exit code of whole_body_solve.
 */
int balance_act(balance_controller *controller, const double force[WHOLE_BODY_FEET],
                const double touch[WHOLE_BODY_HANDS][3], double dt);

/* For balance_tick.c: what of the report is different while the robot steps. */
void balance_report_gait(balance_controller *controller);

#ifdef __cplusplus
}
#endif

#endif
