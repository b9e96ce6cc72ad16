/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where and when the swinging foot comes down: the footstep and the duration of the present step that best bring the
 * DCM back to the plan.
 *
 * For each of a few candidate durations the DCM error at touchdown is predicted (the centre of pressure works against
 * it within its reach) and the footstep that meets it is computed, limited to the reach of the legs and to where the
 * foot can get in that time. What error is left moves the next step; only beyond what that one can do is it
 * expensive: forward and backward a little, towards the present stance foot more (the next step goes there), away
 * from it next to nothing. The cost
 *     weight_step |du|^2 + weight_error |left|^2 + weight_lost |left beyond that|^2
 *     + weight_time (T - T_nominal)^2 + weight_change (T - T_now)^2
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
    double planned;          /* duration of a step like this that nothing disturbs */
    int single_support;      /* otherwise the duration is not changed */
    int airborne;            /* the following hold */
    double elapsed;          /* since the foot left the floor [s] */
    double height;           /* of the foot above the floor [m] */
    double foot[2], foot_velocity[2]; /* [m], [m/s] */
} walk_situation;

typedef struct walk_choice {
    double duration;     /* [s] */
    double step[2];      /* footstep [m] */
    double residual;     /* DCM error left at touchdown beyond what the next step can do [m] */
    double cost;
} walk_choice;

/* Footstep limited to the reach of the legs. */
void walk_reach(const walk_parameters *p, int stance, double step[2]);

void walk_adapt(const walk_parameters *p, const walk_situation *situation, const walk_plan *plan, walk_choice *choice);

#ifdef __cplusplus
}
#endif

#endif
