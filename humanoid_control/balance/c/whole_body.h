/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole-body control: joint torques that best give a set of task accelerations, as one small quadratic program.
 *
 * The full problem has all generalised accelerations and both foot wrenches as variables. Here
 *   - the accelerations of a leg follow from those of the base and of its foot (the leg Jacobian is square),
 *   - the wrench of one standing foot follows from the six equations of motion of the base,
 *   - joints without a task (e.g. the head) get their posture's acceleration,
 * so that the variables are y = [base 6, free joints (waist, arms), correction of each swinging foot 6, wrench of the
 * second standing foot 6], without equality constraints. Inequalities: friction pyramid inscribed in the cone, centre
 * of pressure, twisting moment, normal force, torque and position limits of legs and free joints.
 * Cf. Herzog et al., "Momentum control with hierarchical inverse dynamics on a torque-controlled humanoid",
 * Autonomous Robots 40 (2016), for the full problem.
 */
#ifndef HUMANOID_CONTROL_WHOLE_BODY_H
#define HUMANOID_CONTROL_WHOLE_BODY_H

#include "dense_qp.h"
#include "parameters.h"
#include "rigid_body.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WHOLE_BODY_FEET 2
#define WHOLE_BODY_HANDS 2
#define WHOLE_BODY_LEG_JOINTS 6
#define WHOLE_BODY_KNEE 3 /* position of the knee in a leg */
#define WHOLE_BODY_MAX_FREE 24
#define WHOLE_BODY_MAX_VARIABLES (6 + WHOLE_BODY_MAX_FREE + 12 + 6)
#define WHOLE_BODY_MAX_ROWS (11 * WHOLE_BODY_FEET + 2 * (12 + WHOLE_BODY_MAX_FREE))
/* Rows of the cost: momentum, pelvis and torso, hands, legs, eliminated wrench; up to a multiple of four. */
#define WHOLE_BODY_MAX_COSTS ((6 + 6 + 6 * WHOLE_BODY_HANDS + 6 * WHOLE_BODY_FEET + 6 + 3) & ~3)
#define WHOLE_BODY_QP_DOUBLES (3 * 48 * 48 + 6 * 48 + 2 * 96)

enum {
    WHOLE_BODY_OK = 0,
    WHOLE_BODY_NO_CONTACT = 16, /* neither foot stands; codes below 16 are those of dense_qp.h */
    WHOLE_BODY_SINGULAR = 17    /* a leg is singular */
};

enum { WHOLE_BODY_STANCE = 0, WHOLE_BODY_SWING = 1 };

/* Which joint is what. Joints are numbered 0.. as in the joint part of q. */
typedef struct whole_body_layout {
    int leg[WHOLE_BODY_FEET][WHOLE_BODY_LEG_JOINTS]; /* from the hip to the foot */
    int foot_frame[WHOLE_BODY_FEET];                 /* soles: z up, x forward, in the middle of the sole */
    int torso_frame;
    int hands;
    int hand_frame[WHOLE_BODY_HANDS];
    int free_count, waist_count;                     /* free joints: first the waist, then the arms */
    int free_joint[WHOLE_BODY_MAX_FREE];
    int other_count;
    int other_joint[RIGID_BODY_MAX_JOINTS];
    double lower[RIGID_BODY_MAX_JOINTS], upper[RIGID_BODY_MAX_JOINTS]; /* [rad] */
    double effort_limit[RIGID_BODY_MAX_JOINTS];                        /* [N m] */
    double sole_half_length, sole_half_width;                          /* [m] */
} whole_body_layout;

/* Accelerations asked for, world axes, linear part first. */
typedef struct whole_body_tasks {
    double com[3];                                  /* [m/s^2] */
    double momentum[3];                             /* rate of angular momentum about the centre of mass [N m] */
    double pelvis[3], torso[3];                     /* angular [rad/s^2] */
    double hand[WHOLE_BODY_HANDS][6];
    int foot_mode[WHOLE_BODY_FEET];                 /* WHOLE_BODY_STANCE or WHOLE_BODY_SWING */
    double foot[WHOLE_BODY_FEET][6];                /* of the sole; hard in stance, weighted in swing */
    double maximum_force[WHOLE_BODY_FEET];          /* largest normal force [N] */
    double joint[RIGID_BODY_MAX_JOINTS];            /* posture [rad/s^2] */
} whole_body_tasks;

typedef struct whole_body_result {
    double acceleration[RIGID_BODY_MAX_DOF];
    double torque[RIGID_BODY_MAX_JOINTS];           /* [N m], within the effort limits */
    double wrench[WHOLE_BODY_FEET][6];              /* on the foot, in sole axes at the sole: force, torque */
    int iterations;
    int relaxed;                                    /* 1: solved without torque and position limits, then clipped */
} whole_body_result;

/* Work memory; destroyed by each solve, except that the problem stays readable until the next one. */
typedef struct whole_body_work {
    int contact_count, contact[WHOLE_BODY_FEET]; /* the first one's wrench is eliminated */
    int variables, accelerations, rows, contact_rows;
    int swing_column[WHOLE_BODY_FEET], wrench_column[WHOLE_BODY_FEET];
    double leg_inverse[WHOLE_BODY_FEET][36];  /* inverse Jacobian of the leg: also the map from foot corrections */
    double leg_map[WHOLE_BODY_FEET][36];      /* base -> leg accelerations */
    double leg_offset[WHOLE_BODY_FEET][6];
    double foot_transpose[WHOLE_BODY_FEET][36]; /* sole wrench -> leg torques */
    double torque[RIGID_BODY_MAX_DOF][WHOLE_BODY_MAX_VARIABLES]; /* torque = torque x + torque_offset, by dof */
    double torque_offset[RIGID_BODY_MAX_DOF];
    double wrench[6][WHOLE_BODY_MAX_VARIABLES]; /* eliminated wrench = wrench x + wrench_offset */
    double wrench_offset[6];
    int costs;
    double cost[WHOLE_BODY_MAX_COSTS][WHOLE_BODY_MAX_VARIABLES]; /* cost: sum of weight (cost x - target)^2 */
    double cost_target[WHOLE_BODY_MAX_COSTS], cost_weight[WHOLE_BODY_MAX_COSTS];
    double hessian[WHOLE_BODY_MAX_VARIABLES][WHOLE_BODY_MAX_VARIABLES];
    double gradient[WHOLE_BODY_MAX_VARIABLES];
    double row[WHOLE_BODY_MAX_ROWS][WHOLE_BODY_MAX_VARIABLES];
    double lower[WHOLE_BODY_MAX_ROWS], upper[WHOLE_BODY_MAX_ROWS];
    double solution[WHOLE_BODY_MAX_VARIABLES];
    double jacobian[6][RIGID_BODY_MAX_DOF];
    dense_qp_problem problem;
    dense_qp_workspace qp;
    double qp_memory[WHOLE_BODY_QP_DOUBLES];
} whole_body_work;

void whole_body_init(whole_body_work *work);

/*
 * Solve for the state that rigid_body_forward and rigid_body_dynamics left; joint angles and velocities (joints) are
 * those of that state. Returns WHOLE_BODY_OK or why not (then the result is not touched).
 */
int whole_body_solve(whole_body_work *work, const whole_body_layout *layout, const balance_parameters *parameters,
                     const rigid_body_model *model, const rigid_body_state *state, const whole_body_tasks *tasks,
                     const double *joint_angle, const double *joint_velocity, whole_body_result *result);

/* First half of whole_body_solve: eliminations, torque and wrench maps. Returns an exit code. */
int whole_body_reduce(whole_body_work *work, const whole_body_layout *layout, const rigid_body_model *model,
                      const rigid_body_state *state, const whole_body_tasks *tasks);

#ifdef __cplusplus
}
#endif

#endif
