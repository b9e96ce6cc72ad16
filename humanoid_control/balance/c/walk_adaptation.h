/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where and when the swinging foot comes down: the footstep and the duration of the present step that best bring the
 * DCM back to the plan.
 *
 * For each of a few candidate durations the DCM error at touchdown is predicted (the centre of pressure works against
 * it within its reach), the footstep that meets it is computed and limited to the reach of the legs, and the cost
 * weight_step |du|^2 + weight_dcm |error left|^2 + weight_time (T - T_nominal)^2 + weight_change (T - T_now)^2
 * decides. Cf. Khadiv et al., "Walking control based on step timing adaptation", IEEE T-RO 36 (2020), which solves a
 * quadratic program in exp(w T); a handful of durations, each with a closed-form footstep, replaces it here.
 */
#ifndef HUMANOID_CONTROL_WALK_ADAPTATION_H
#define HUMANOID_CONTROL_WALK_ADAPTATION_H

#include "walk_plan.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Seen from the stance foot; times in [s] since the step began. */
typedef struct walk_situation {
    double omega;
    int stance;
    double dcm[2], dcm_reference[2];
    double time, duration;
    int single_support;      /* otherwise the duration is not changed */
    double earliest;         /* smallest duration in which the foot can get there */
} walk_situation;

typedef struct walk_choice {
    double duration;     /* [s] */
    double step[2];      /* footstep [m] */
    double residual;     /* DCM error at touchdown that the footstep cannot meet [m] */
    double cost;
} walk_choice;

/* Footstep limited to the reach of the legs. */
void walk_reach(const walk_parameters *p, int stance, double step[2]);

void walk_adapt(const walk_parameters *p, const walk_situation *situation, const walk_plan *plan, walk_choice *choice);

/*
 * Time from now [s] that the swinging foot needs to travel `distance` [m] on the floor and to come down `height` [m],
 * `elapsed` [s] after it left the floor.
 */
double walk_swing_time_needed(const walk_parameters *p, double distance, double height, double elapsed);

#ifdef __cplusplus
}
#endif

#endif
