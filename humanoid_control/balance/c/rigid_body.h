/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rigid-body kinematics and dynamics of a floating base with revolute joints, from a flat model table.
 *
 * q = base position [m] in the world, base quaternion (x, y, z, w), joint angles [rad]              (7 + joints)
 * v = base linear and angular velocity in base axes [m/s, rad/s], joint velocities [rad/s]         (6 + joints)
 * as in Pinocchio. Everything returned is in world axes; Jacobians belong to the frame's own point ("local world
 * aligned"), accelerations are classical ones.
 *
 * Method: recursive Newton-Euler and composite rigid bodies (Featherstone, "Rigid Body Dynamics Algorithms", 2008),
 * with all spatial quantities in world axes about the base origin, so that composing bodies is addition.
 * No function allocates; the structs belong to the caller and hold no pointers.
 */
#ifndef HUMANOID_CONTROL_RIGID_BODY_H
#define HUMANOID_CONTROL_RIGID_BODY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define RIGID_BODY_MAX_JOINTS 42
#define RIGID_BODY_MAX_DOF (6 + RIGID_BODY_MAX_JOINTS)
#define RIGID_BODY_MAX_FRAMES 16
#define RIGID_BODY_GRAVITY 9.81 /* [m/s^2], along -z of the world */

enum {
    RIGID_BODY_OK = 0,
    RIGID_BODY_TOO_MANY = -1,   /* more joints or frames than the tables hold */
    RIGID_BODY_BAD_PARENT = -2, /* a parent that is not an earlier body */
    RIGID_BODY_BAD_VALUE = -3   /* not finite, an axis not of unit length, or no mass */
};

/* Body 0 is the base; body i (1..joints) moves with joint i about `axis` in its own frame. */
typedef struct rigid_body_model {
    int joints, dof, frames;
    int parent[RIGID_BODY_MAX_JOINTS + 1];
    double rotation[RIGID_BODY_MAX_JOINTS + 1][9]; /* of the joint frame in the parent body */
    double position[RIGID_BODY_MAX_JOINTS + 1][3]; /* [m] */
    double axis[RIGID_BODY_MAX_JOINTS + 1][3];
    double mass[RIGID_BODY_MAX_JOINTS + 1];       /* [kg] */
    double com[RIGID_BODY_MAX_JOINTS + 1][3];     /* [m] in the body */
    double inertia[RIGID_BODY_MAX_JOINTS + 1][9]; /* [kg m^2] about the centre of mass, body axes */
    double armature[RIGID_BODY_MAX_JOINTS + 1];   /* [kg m^2] */
    double total_mass;
    int frame_body[RIGID_BODY_MAX_FRAMES];
    double frame_rotation[RIGID_BODY_MAX_FRAMES][9];
    double frame_position[RIGID_BODY_MAX_FRAMES][3];
} rigid_body_model;

typedef struct rigid_body_frame {
    double position[3], rotation[9];
    double velocity[6]; /* linear [m/s], angular [rad/s] */
    double drift[6];    /* acceleration that does not come from the generalised one, unless rigid_body_forward was
                           given that, too: linear [m/s^2], angular [rad/s^2] */
    double offset[3];   /* position relative to the base origin */
} rigid_body_frame;

typedef struct rigid_body_state {
    /* after rigid_body_forward */
    double base_position[3];
    double rotation[RIGID_BODY_MAX_JOINTS + 1][9];
    double offset[RIGID_BODY_MAX_JOINTS + 1][3]; /* body origin relative to the base origin, world axes [m] */
    double motion[RIGID_BODY_MAX_JOINTS + 1][6]; /* joint axis: linear, angular part about the base origin */
    double velocity[RIGID_BODY_MAX_JOINTS + 1][6];
    double acceleration[RIGID_BODY_MAX_JOINTS + 1][6]; /* with gravity as an upward acceleration of the base */
    double body_com[RIGID_BODY_MAX_JOINTS + 1][3];     /* relative to the base origin */
    rigid_body_frame frame[RIGID_BODY_MAX_FRAMES];
    double com[3], com_velocity[3]; /* [m], [m/s] */
    /* after rigid_body_dynamics */
    double mass_matrix[RIGID_BODY_MAX_DOF][RIGID_BODY_MAX_DOF];
    double bias[RIGID_BODY_MAX_DOF];        /* Coriolis, centrifugal and gravity terms [N, N m] */
    double momentum[6];                     /* linear [kg m/s]; angular about the centre of mass [kg m^2/s] */
    double momentum_drift[6];               /* rate of momentum with zero generalised acceleration */
    double momentum_matrix[6][RIGID_BODY_MAX_DOF]; /* momentum = momentum_matrix v */
} rigid_body_state;

/* Sizes of the structs. A state must be zeroed once before its first use. */
size_t rigid_body_model_size(void);
size_t rigid_body_state_size(void);

/*
 * Fill a model: per joint i (1..joints, parent before child) parent[i - 1] (0 = base), placement[i - 1] (rotation
 * row-major, then position: 12 doubles), axis[i - 1] (3), armature[i - 1]; per body b (0..joints) inertia[b] (mass,
 * centre of mass, then the inertia matrix about it, row-major: 13 doubles). Returns an exit code.
 */
int rigid_body_model_init(rigid_body_model *model, int joints, const int *parent, const double *placement,
                          const double *axis, const double *inertia, const double *armature);

/* Attach a frame to a body at `placement` (12 doubles). Returns the frame's number or a negative exit code. */
int rigid_body_add_frame(rigid_body_model *model, int body, const double *placement);

/*
 * Poses, velocities, accelerations, centre of mass. With joint accelerations (joints) these are whole accelerations of
 * a base that does not accelerate; with NULL they are drifts, which rigid_body_dynamics and the tasks need.
 */
void rigid_body_forward(const rigid_body_model *model, rigid_body_state *state, const double *q, const double *v,
                        const double *joint_acceleration);

/* Acceleration of the centre of mass [m/s^2] that belongs to the frames' accelerations. */
void rigid_body_com_acceleration(const rigid_body_model *model, const rigid_body_state *state, double out[3]);

/* Mass matrix, bias and momentum of the state that rigid_body_forward left with joint_acceleration = NULL. */
void rigid_body_dynamics(const rigid_body_model *model, rigid_body_state *state);

/* Jacobian (6 x dof, rows linear then angular) of a frame, after rigid_body_forward. */
void rigid_body_jacobian(const rigid_body_model *model, const rigid_body_state *state, int frame,
                         double jacobian[6][RIGID_BODY_MAX_DOF]);

/*
 * Pose and velocity of a frame relative to the base, in base axes, from the joint part of q and v alone:
 * position (3), rotation (9), velocity (6: linear, angular).
 */
void rigid_body_chain(const rigid_body_model *model, int frame, const double *joint_angle, const double *joint_velocity,
                      double *position, double *rotation, double *velocity);

#ifdef __cplusplus
}
#endif

#endif
